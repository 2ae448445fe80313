// Analyses the metadata of a frame and writes what was found into it.
#pragma once

#include "analytics/config.h"
#include "analytics/stream_analyzer.h"
#include "nvdsmeta.h"

namespace pyds::analytics {

// Objects with something to say get an NvDsAnalyticsObjInfo, the frame an NvDsAnalyticsFrameMeta,
// and what `config` says is drawn is added as display metadata. The caller holds the batch lock.
void analyze_frame(NvDsFrameMeta* frame, const Config& config, StreamAnalyzer& analyzer,
                   unsigned unique_id);

}  // namespace pyds::analytics
