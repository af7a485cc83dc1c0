internal import CLinux

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Starts the threads of loops and pools.
enum Threads {
    /// Runs `body` on a new thread, which ends with it.
    ///
    /// - Returns: 0, or the system's error if no thread can be made; then `body` never runs.
    static func start(_ body: @escaping () -> Void) -> Int32 {
        final class Box {
            let body: () -> Void

            init(_ body: @escaping () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let owned = Unmanaged.passRetained(Box(body))
        let code = pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().body()
                return nil
            }, owned.toOpaque())
        if code == 0 {
            pthread_detach(thread)
        } else {
            owned.release()
        }
        return code
    }
}

/// A mutex whose holder can wait for conditions.
///
/// `@unchecked Sendable`: the system's mutex is made for use by many threads.
final class Monitor: @unchecked Sendable {
    fileprivate let mutex: UnsafeMutablePointer<pthread_mutex_t>

    init() {
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }

    func withLock<R>(_ body: () -> R) -> R {
        lock()
        defer { unlock() }
        return body()
    }
}

/// A condition variable on the monotonic clock, which changes of the date do not affect.
///
/// `@unchecked Sendable`: the system's condition variable is made for use by many threads.
final class Condition: @unchecked Sendable {
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    init() {
        condition = .allocate(capacity: 1)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        condition.deallocate()
    }

    func signal() { pthread_cond_signal(condition) }
    func broadcast() { pthread_cond_broadcast(condition) }

    /// Waits for a signal. The caller holds the monitor's lock, which is released meanwhile.
    ///
    /// - Returns: false if the deadline has passed.
    func wait(_ monitor: Monitor, until deadline: UInt64) -> Bool {
        var time = timespec(
            tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        return pthread_cond_timedwait(condition, monitor.mutex, &time) != ETIMEDOUT
    }
}
