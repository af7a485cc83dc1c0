#if canImport(Glibc)
public import Glibc
#elseif canImport(Musl)
public import Musl
#elseif canImport(Darwin)
public import Darwin
#endif

/// A value that is protected by a pthread mutex.
///
/// ThreadSanitizer understands pthread mutexes. It does not understand `Synchronization.Mutex`, a
/// futex in a library that is not instrumented, and reports false races.
///
/// `@unchecked Sendable`: `value` is accessed only between lock and unlock.
///
/// Public, though no product shows this module: the compiler inlines and specializes nothing of package
/// access in other modules.
public final class Locked<Value>: @unchecked Sendable {
    @usableFromInline let mutex: UnsafeMutablePointer<pthread_mutex_t>
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    @usableFromInline var value: Value

    @inlinable
    public init(_ value: sending Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
    }

    @inlinable
    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    @inlinable
    public func withLock<R, E: Error>(
        _ body: (inout sending Value) throws(E) -> sending R
    ) throws(E) -> sending R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
