/** What the thread is told to load: an ES module cannot be, where the application was started with `--input-type`. */
void import('./reducing-thread.ts')
