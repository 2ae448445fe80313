// What a protocol adaptor of one's own for nvmsgbroker's property proto-lib exports.
//
// nvds_msgapi_connect, nvds_msgapi_disconnect and one of nvds_msgapi_send_async (together with
// nvds_msgapi_do_work) and nvds_msgapi_send must be there. nvmsgbroker calls all of them from one
// thread; the adaptor may call back from any.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef void* NvDsMsgApiHandle;

typedef enum {
  NVDS_MSGAPI_EVT_SUCCESS,
  NVDS_MSGAPI_EVT_DISCONNECT,
  NVDS_MSGAPI_EVT_SERVICE_DOWN
} NvDsMsgApiEventType;

typedef enum { NVDS_MSGAPI_OK, NVDS_MSGAPI_ERR, NVDS_MSGAPI_UNKNOWN_TOPIC } NvDsMsgApiErrorType;

typedef void (*nvds_msgapi_send_cb_t)(void* user_ptr, NvDsMsgApiErrorType completion_flag);
typedef void (*nvds_msgapi_subscribe_request_cb_t)(NvDsMsgApiErrorType flag, void* msg, int msg_len,
                                                   char* topic, void* user_ptr);
typedef void (*nvds_msgapi_connect_cb_t)(NvDsMsgApiHandle h_ptr, NvDsMsgApiEventType ds_evt);

// `connection_str` is the property conn-str, `config_path` the property config; either may be NULL.
// Returns NULL if there is no connection: it is tried again later.
NvDsMsgApiHandle nvds_msgapi_connect(char* connection_str, nvds_msgapi_connect_cb_t connect_cb,
                                     char* config_path);
NvDsMsgApiErrorType nvds_msgapi_send(NvDsMsgApiHandle h_ptr, char* topic, const uint8_t* payload,
                                     size_t nbuf);
// `send_callback` is called once for every call that returned NVDS_MSGAPI_OK. The payload is valid
// until then.
NvDsMsgApiErrorType nvds_msgapi_send_async(NvDsMsgApiHandle h_ptr, char* topic,
                                           const uint8_t* payload, size_t nbuf,
                                           nvds_msgapi_send_cb_t send_callback, void* user_ptr);
// Never called by nvmsgbroker.
NvDsMsgApiErrorType nvds_msgapi_subscribe(NvDsMsgApiHandle h_ptr, char** topics, int num_topics,
                                          nvds_msgapi_subscribe_request_cb_t cb, void* user_ctx);
// Called again and again while there is a connection.
void nvds_msgapi_do_work(NvDsMsgApiHandle h_ptr);
NvDsMsgApiErrorType nvds_msgapi_disconnect(NvDsMsgApiHandle h_ptr);
char* nvds_msgapi_getversion(void);
char* nvds_msgapi_get_protocol_name(void);
NvDsMsgApiErrorType nvds_msgapi_connection_signature(char* broker_str, char* cfg, char* output_str,
                                                     int max_len);

#ifdef __cplusplus
}
#endif
