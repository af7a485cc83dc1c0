package import Primitives
internal import Times

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// One thread with a queue of the system's events and a Swift task executor. A task that is created with
/// `Task(executorPreference: loop)` runs on this thread only, so that it may use what is confined
/// to the loop without a lock.
///
/// One turn: wait for events, read sockets, fire timers, run tasks, flush connections with output.
///
/// `@unchecked Sendable`: other threads touch `remote` and the constants only.
package final class EventLoop: TaskExecutor, @unchecked Sendable {
    /// Work from other threads, and the state of the loop's thread.
    fileprivate struct Remote {
        var jobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
        var isSignalled = false
        var thread = ThreadState.none
        var isStopping = false
        var atEnd: [@Sendable () -> Void] = []

        enum Signal { case nothing, wakeup, thread }
    }
    fileprivate enum ThreadState { case none, running, ended }

    private let remote = Locked(Remote())
    private let poller = Poller()

    private struct Turn {
        var jobs: [UnownedJob] = []
        var runningJobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
        var sources: [EventSource?] = []
        var dirty: [EventSource] = []
        var flushing: [EventSource] = []
        var observers: [any TurnObserver] = []
        var stopSeen = false
        var now: UInt64 = 0
        var watch = LoopWatch()

        var isIdle: Bool { jobs.isEmpty && calls.isEmpty && dirty.isEmpty }

        /// Returns the waiting jobs. Jobs that they add are run in the next round.
        mutating func beginJobs() -> [UnownedJob] {
            swap(&jobs, &runningJobs)
            return runningJobs
        }

        mutating func endJobs() { runningJobs.removeAll(keepingCapacity: true) }

        /// Returns the sources to flush. A source that becomes dirty meanwhile is flushed in the
        /// next turn.
        mutating func beginFlush() -> [EventSource] {
            swap(&dirty, &flushing)
            return flushing
        }

        mutating func endFlush() { flushing.removeAll(keepingCapacity: true) }

        mutating func takeCalls() -> [@Sendable () -> Void] {
            if calls.isEmpty { return [] }
            defer { calls.removeAll(keepingCapacity: true) }
            return calls
        }

        mutating func takeObservers() -> [any TurnObserver] {
            if observers.isEmpty { return [] }
            defer { observers.removeAll(keepingCapacity: true) }
            return observers
        }
    }
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var turn = Turn()
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var timers = LoopTimers()
    /// The buffers for reading from and writing to sockets. All connections of the loop share them,
    /// so that an idle one needs none.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var sendBuffer = ByteBuffer()
    let traffic = LoopTraffic()

    package init() {}

    deinit { readBuffer.deallocate() }

    /// Starts the thread. Work that was submitted before waits until then.
    package func start() {
        let isFirst = remote.withLock { remote in
            defer { if remote.thread == .none { remote.thread = .running } }
            return remote.thread == .none
        }
        if isFirst { startThread() }
    }

    package var isCurrent: Bool {
        pthread_getspecific(currentLoop) == Unmanaged.passUnretained(self).toOpaque()
    }

    package var allowsAccess: Bool { isCurrent || remote.withLock { $0.thread == .none } }

    /// Closes everything that the loop serves, and ends its thread when nothing is left to run.
    /// Waiting timers are dropped then. A task that resumes later gets a new thread for its work.
    package func stop() {
        signal { $0.isStopping = true }
    }

    /// Stops the loop and waits for the end of its thread.
    package func stopped() async {
        await withCheckedContinuation { continuation in
            let isRunning = remote.withLock { remote in
                if remote.thread == .running { remote.atEnd.append { continuation.resume() } }
                return remote.thread == .running
            }
            if isRunning { stop() } else { continuation.resume() }
        }
    }

    // MARK: Work from tasks and other threads

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            turn.jobs.append(job)
        } else {
            signal { $0.jobs.append(job) }
        }
    }

    /// Runs `body` on the loop, after what was submitted before. May be called from any thread.
    package func execute(_ body: @escaping @Sendable () -> Void) {
        if isCurrent {
            turn.calls.append(body)
        } else {
            signal { $0.calls.append(body) }
        }
    }

    /// Runs all of these on the loop with one wake-up. May be called from any other thread.
    func execute(all bodies: [@Sendable () -> Void]) {
        assert(!isCurrent, "on the loop itself nothing needs to be gathered")
        signal { $0.calls.append(contentsOf: bodies) }
    }

    /// Waits until the loop's current turn has ended. May be called from any other thread.
    package func turnEnded() async {
        await withCheckedContinuation { continuation in execute { continuation.resume() } }
    }

    /// The monotonic time in nanoseconds, which is read once in each turn.
    package var now: UInt64 { turn.now }

    package func atTurnEnd(_ observer: any TurnObserver) {
        assertAccess()
        turn.observers.append(observer)
    }

    /// How long this turn has lasted. All others wait for it.
    package var turnHasLasted: Duration { .nanoseconds(Int64(monotonicNow() &- now)) }

    package var isWatched: Bool { turn.watch.isOn }

    /// Calls `body` after `delay`. May be called on the loop only.
    package func schedule(after delay: Duration, _ body: @escaping () -> Void) -> LoopTimer {
        assertAccess()
        // `now` is the beginning of the turn: counting from there, a long turn would make the timer
        // early.
        let deadline = monotonicNow() &+ min(delay.nanosecondsRoundedDown, .max / 4)
        return timers.add(at: deadline, loop: self, body)
    }

    /// Leaves work for the loop's thread, and wakes it if necessary.
    private func signal(_ leave: (inout Remote) -> Void) {
        let missing = remote.withLock { remote in
            leave(&remote)
            return remote.missingSignal()
        }
        switch missing {
        case .nothing: break
        case .wakeup: poller.wake()
        case .thread: startThread()
        }
    }

    // MARK: Sources

    func add(_ source: EventSource, forWriting: Bool = false) {
        assertAccess()
        let index = Int(source.descriptor)
        while turn.sources.count <= index { turn.sources.append(nil) }
        turn.sources[index] = source
        poller.add(source.descriptor, reading: !forWriting, writing: forWriting)
    }

    func watch(_ source: EventSource, reading: Bool, writing: Bool) {
        assertAccess()
        poller.watch(source.descriptor, reading: reading, writing: writing)
    }

    /// Removes a source, and closes its descriptor unless somebody else takes it over.
    func remove(_ source: EventSource, closing: Bool = true) {
        assertAccess()
        let index = Int(source.descriptor)
        guard index < turn.sources.count, turn.sources[index] === source else { return }
        poller.remove(source.descriptor)
        turn.sources[index] = nil
        if closing { close(source.descriptor) }
    }

    func markDirty(_ source: EventSource) {
        assertAccess()
        if source.isDirty { return }
        source.isDirty = true
        turn.dirty.append(source)
    }

    // MARK: Turns

    private func startThread() {
        let code = Threads.start { [self] in run() }
        precondition(code == 0, "no thread for an event loop: error \(code)")
    }

    private func run() {
        pthread_setspecific(currentLoop, Unmanaged.passUnretained(self).toOpaque())
        turn.now = monotonicNow()
        // A thread that was started for late work gets no wakeup for it.
        takeRemote()
        repeat {
            let ended = monotonicNow()
            turn.watch.note(turn: ended &- turn.now)
            let count = poller.wait(nanoseconds: timeout(at: ended))
            turn.now = monotonicNow()
            for place in 0..<count { dispatch(poller[place]) }
            while let body = timers.next(at: now) { body() }
            // Observers come before the flush, because other threads wait for what they hand over.
            endTurn()
            runQueued()
            flush()
            endTurn()
        } while !hasEnded()
    }

    /// The nanoseconds to wait at most; nil for as long as nothing comes.
    private func timeout(at current: UInt64) -> UInt64? {
        if !turn.isIdle { return 0 }
        guard let earliest = timers.earliest else { return nil }
        return earliest <= current ? 0 : earliest - current
    }

    private func dispatch(_ found: Readiness) {
        guard case .ready(let descriptor, let reading, let writing, let failed) = found else {
            return takeRemote()
        }
        // An earlier event of this turn may have closed the source.
        guard Int(descriptor) < turn.sources.count, let source = turn.sources[Int(descriptor)]
        else { return }
        if failed || reading { source.readable(failed: failed) }
        if writing { source.writable() }
    }

    private func takeRemote() {
        let isStopping = remote.withLock { remote in
            turn.jobs.append(contentsOf: remote.jobs)
            turn.calls.append(contentsOf: remote.calls)
            remote.jobs.removeAll(keepingCapacity: true)
            remote.calls.removeAll(keepingCapacity: true)
            remote.isSignalled = false
            return remote.isStopping
        }
        if isStopping {
            turn.stopSeen = true
            for source in turn.sources { source?.loopStopped() }
        }
    }

    /// Runs the waiting jobs, unless one of them calls this.
    func runJobs() {
        assertAccess()
        if turn.jobs.isEmpty || !turn.runningJobs.isEmpty { return }
        let executor = asUnownedTaskExecutor()
        // The variant with `isolatedTo:` is not used, because with it every call of an async
        // function is enqueued anew.
        for job in turn.beginJobs() { job.runSynchronously(on: executor) }
        turn.endJobs()
    }

    private func runQueued() {
        // The number of rounds is bounded, so that a task that yields again and again does not
        // starve the sockets.
        for _ in 0..<16 {
            for body in turn.takeCalls() { body() }
            if turn.jobs.isEmpty { return }
            runJobs()
        }
    }

    private func endTurn() {
        for observer in turn.takeObservers() { observer.turnEnded() }
    }

    private func flush() {
        if turn.dirty.isEmpty { return }
        for source in turn.beginFlush() {
            source.isDirty = false
            source.flush()
        }
        turn.endFlush()
    }

    private func hasEnded() -> Bool {
        if !turn.stopSeen || !turn.isIdle { return false }
        var dropped = LoopTimers()
        let atEnd = remote.withLock { remote -> [@Sendable () -> Void]? in
            if !remote.isStopping || !remote.jobs.isEmpty || !remote.calls.isEmpty { return nil }
            remote.thread = .ended
            swap(&timers, &dropped)
            // Reset the flag: otherwise a later `enqueue` would believe the wake-up is already
            // signalled and never wake the new thread.
            remote.isSignalled = false
            defer { remote.atEnd = [] }
            return remote.atEnd
        }
        guard let atEnd else { return false }
        // From here on, work that is enqueued counts as late and gets a new thread.
        pthread_setspecific(currentLoop, nil)
        dropped.removeAll()
        for body in atEnd { body() }
        return true
    }
}

extension EventLoop.Remote {
    /// Returns what is needed for the loop to find the work that was just left.
    fileprivate mutating func missingSignal() -> Signal {
        switch thread {
        case .none: return .nothing
        case .ended:
            // A task has outlived the loop, and gets a thread for its late work.
            thread = .running
            return .thread
        case .running:
            defer { isSignalled = true }
            return isSignalled ? .nothing : .wakeup
        }
    }
}

/// The thread-local key of the loop that a thread runs.
private let currentLoop: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
}()
