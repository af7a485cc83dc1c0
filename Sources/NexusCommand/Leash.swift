internal import Foundation
internal import NexusOperations

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Whoever starts this program as a process of its own may want it to end together with itself, also when it is
/// killed (`OwnProcess`).
enum Leash {
    static func obey() {
        guard ProcessInfo.processInfo.environment[OwnProcess.leash] != nil else { return }
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count == 0 || count < 0 && errno != EINTR { _exit(1) }
            }
        }
    }
}
