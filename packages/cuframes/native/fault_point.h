#pragma once

/// Named steps at which a test can kill or stop this process. Only in builds for tests
/// (CUFRAMES_FAULT_POINTS): environment CUFRAMES_FAULT="<label>:<kill|stop>[:<nth time>]".
#ifdef CUFRAMES_FAULT_POINTS
namespace cuframes {
void fault_point(const char* label);
}
#define CUFRAMES_FAULT_POINT(label) ::cuframes::fault_point(label)
#else
#define CUFRAMES_FAULT_POINT(label) ((void)0)
#endif
