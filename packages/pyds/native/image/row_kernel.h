// PYDS_ROW_KERNEL: a function whose loop over a row of pixels is the cost of a pass.
//
// It is compiled twice, for AVX2 and for any x86-64, and the machine picks; elsewhere and under
// sanitizers (which do not know the dispatcher) once. Include it after all other headers: from here
// on the file is vectorised even in builds at -O2.
#pragma once

#pragma GCC optimize("O3")
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define PYDS_ROW_KERNEL __attribute__((target_clones("avx2", "default")))
#else
#define PYDS_ROW_KERNEL
#endif
