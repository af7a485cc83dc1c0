internal import CLinux

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// All that an event loop asks of the system: which descriptors are ready, and to be woken.
///
/// This is epoll with an eventfd. A system with another queue of events needs another file with these
/// methods, and nothing else of the loop.
///
/// `@unchecked Sendable`: every thread may call `wake`, only the loop's thread anything else.
final class Poller: @unchecked Sendable {
    private let queue: Int32
    /// An eventfd to which other threads write.
    private let wakeup: Int32
    private let found = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: 256)

    init() {
        queue = epoll_create1(Int32(EPOLL_CLOEXEC))
        wakeup = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        precondition(queue >= 0 && wakeup >= 0, "no descriptors for an event loop")
        add(wakeup, reading: true, writing: false)
    }

    deinit {
        close(queue)
        close(wakeup)
        found.deallocate()
    }

    // MARK: Descriptors

    func add(_ descriptor: Int32, reading: Bool, writing: Bool) {
        control(EPOLL_CTL_ADD, descriptor, reading, writing)
    }

    func watch(_ descriptor: Int32, reading: Bool, writing: Bool) {
        control(EPOLL_CTL_MOD, descriptor, reading, writing)
    }

    func remove(_ descriptor: Int32) {
        epoll_ctl(queue, EPOLL_CTL_DEL, descriptor, nil)
    }

    private func control(_ change: Int32, _ descriptor: Int32, _ reading: Bool, _ writing: Bool) {
        let events = (reading ? EPOLLIN.rawValue : 0) | (writing ? EPOLLOUT.rawValue : 0)
        var event = epoll_event(events: events, data: epoll_data(fd: descriptor))
        epoll_ctl(queue, change, descriptor, &event)
    }

    // MARK: Waiting

    /// Ends the wait that is going on, or else the next one. May be called from any thread.
    func wake() { _ = eventfd_write(wakeup, 1) }

    /// Waits until something is ready, at least for `nanoseconds` if nothing is; nil waits for ever.
    ///
    /// - Returns: how many of the places below are filled.
    func wait(nanoseconds: UInt64?) -> Int {
        var milliseconds: Int32 = -1
        // Rounded up, because a shorter wait would end before a timer is due.
        if let nanoseconds {
            milliseconds = Int32(min((nanoseconds + 999_999) / 1_000_000, 3_600_000))
        }
        return max(0, Int(epoll_wait(queue, found.baseAddress, Int32(found.count), milliseconds)))
    }

    /// What the last wait has found at a place.
    subscript(place: Int) -> Readiness {
        let (descriptor, events) = (found[place].data.fd, found[place].events)
        if descriptor == wakeup {
            var count: eventfd_t = 0
            _ = eventfd_read(wakeup, &count)
            return .woken
        }
        return .ready(
            descriptor, reading: events & EPOLLIN.rawValue != 0,
            writing: events & EPOLLOUT.rawValue != 0,
            failed: events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0)
    }
}

/// What a wait of the loop has found.
enum Readiness {
    /// Another thread has left work.
    case woken
    /// With `failed`, both directions are gone.
    case ready(_ descriptor: Int32, reading: Bool, writing: Bool, failed: Bool)
}
