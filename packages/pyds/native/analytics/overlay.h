// What nvdsanalytics shows on a frame: its shapes, their labels and the counts.
#pragma once

#include "analytics/config.h"
#include "nvds_analytics_meta.h"
#include "nvdsmeta.h"

namespace pyds::analytics {

// Frame pixels for each pixel of the configuration.
struct Scale {
  double x = 1;
  double y = 1;
};

// Adds display metadata as osd_mode of `config` says. The caller holds the batch lock.
void draw_overlay(NvDsFrameMeta* frame, const Config& config, const NvDsAnalyticsFrameMeta& found,
                  const Scale& scale);

}  // namespace pyds::analytics
