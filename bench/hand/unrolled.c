/* The same sum: by hand nobody unrolls a loop of a hundred thousand. */

#include "pairs.c"
