#pragma once

#include "raise.h"

/// Numbers of the C ABI as dicts of plain values, ready for JSON and MQTT.
nb::dict stream_dict(const cuframes_stream_info& info);
nb::dict reader_dict(const cuframes_reader_info& info);
const char* state_name(uint32_t state);
const char* policy_name(uint32_t policy);
