internal import Glibc

extension EventLoop {
    /// How many loops make use of this machine: one per core.
    package static var coreCount: Int {
        max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }
}
