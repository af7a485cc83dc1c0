internal import CLinux
internal import Glibc
internal import Primitives

/// What the signal handler rings. A handler may do next to nothing, but it may write to a descriptor.
private let terminationBell = eventfd(0, Int32(EFD_CLOEXEC))

private let isListeningForSignals = Locked(false)

extension HTTPServer {
    /// Waits for SIGTERM or SIGINT. The second one ends the process as if nobody listened.
    package static func untilTerminated() async {
        listenForSignals()
        await withCheckedContinuation { continuation in
            // Signals are rare and the wait is long: a thread of its own keeps everything else free.
            onThread {
                var count: eventfd_t = 0
                while eventfd_read(terminationBell, &count) != 0, errno == EINTR {}
                // For the next who waits.
                _ = eventfd_write(terminationBell, 1)
                continuation.resume()
            }
        }
    }

    private static func listenForSignals() {
        // The descriptor must be there before the first signal.
        let isReady = terminationBell >= 0
        isListeningForSignals.withLock { isListening in
            if isListening || !isReady { return }
            isListening = true
            for signal in [SIGTERM, SIGINT] {
                var action = sigaction()
                action.__sigaction_handler.sa_handler = { _ in
                    let saved = errno
                    _ = eventfd_write(terminationBell, 1)
                    errno = saved
                }
                action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_RESTART
                sigaction(signal, &action, nil)
            }
        }
    }

    private static func onThread(_ body: @escaping @Sendable () -> Void) {
        final class Box {
            let body: @Sendable () -> Void;
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let owned = Unmanaged.passRetained(Box(body)).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().body()
                return nil
            }, owned)
        precondition(code == 0, "no thread to wait for signals: error \(code)")
        pthread_detach(thread)
    }
}
