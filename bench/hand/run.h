/* What every program here offers its hosts: one value and gradient a run, in place. */

/* The arguments, one after the other. */
extern double x[];
/* The value, then the derivatives by the arguments. */
extern double answer[];

void run(void);

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(name)))
#else
#define EXPORT(name)
#endif
