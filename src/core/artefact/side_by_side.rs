//! The same with each of many, in several threads.

/// Does the same with each of many, in as many threads as the machine has cores, at most four: the
/// work is reading and writing files. The results come in the order of the items.
pub fn side_by_side<'s, T: Sync, R: Send>(items: &'s [T], act: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(cores.min(4)).max(1);
    std::thread::scope(|scope| {
        let act = &act;
        let work = |chunk: &'s [T]| scope.spawn(move || chunk.iter().map(act).collect::<Vec<R>>());
        let threads: Vec<_> = items.chunks(share).map(work).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, Vec<R>>| {
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().flat_map(join).collect()
    })
}
