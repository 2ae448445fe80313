// The GTypes of our elements, one per folder beside this file.
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

GType gst_nv_video_convert_get_type(void);
GType gst_nv_v4l2_decoder_get_type(void);
GType gst_nv_egl_gles_sink_get_type(void);
GType gst_nv_3d_sink_get_type(void);
GType gst_nv_streammux_get_type(void);
GType gst_nv_ds_osd_get_type(void);
GType gst_nv_infer_get_type(void);
GType gst_nv_infer_server_get_type(void);
GType gst_nv_tracker_get_type(void);
GType gst_nv_multi_stream_tiler_get_type(void);
GType gst_nv_stream_demux_get_type(void);
GType gst_nv_ds_analytics_get_type(void);
GType gst_nv_ds_logger_get_type(void);
GType gst_nv_uri_src_bin_get_type(void);
GType gst_nv_ds_pre_process_get_type(void);
GType gst_nv_of_get_type(void);
GType gst_nv_of_visual_get_type(void);
GType gst_nv_v4l2_h264_enc_get_type(void);
GType gst_nv_v4l2_h265_enc_get_type(void);
GType gst_nv_seg_visual_get_type(void);
GType gst_nv_msg_conv_get_type(void);
GType gst_nv_msg_broker_get_type(void);

G_END_DECLS
