/// Carries a value that belongs to a loop or strand through code that other threads may run.
///
/// The compiler cannot check that the value is used only where it belongs. Debug builds check it at
/// each access; release builds store nothing but the value. It is inlinable, because every operation
/// of a handler goes through it, and a generic call into another module costs more than most of them.
package struct LoopBound<Value>: @unchecked Sendable {
    @usableFromInline let bound: Value
    #if DEBUG
    @usableFromInline let place: any Confinement
    #endif

    @inlinable @inline(__always) package init(_ value: Value, on place: any Confinement) {
        bound = value
        #if DEBUG
        self.place = place
        #endif
    }

    /// The value, for code that runs on its loop or strand.
    @inlinable @inline(__always) package var value: Value {
        #if DEBUG
        place.assertAccess()
        #endif
        return bound
    }
}
