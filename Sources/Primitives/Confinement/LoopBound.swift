/// Carries a value that belongs to a loop or strand through code that other threads may run.
///
/// The compiler cannot check that the value is used only where it belongs. Debug builds check it at
/// each access; release builds store nothing but the value.
///
/// It is public, though no product shows its module, because the compiler inlines nothing of package
/// access in other modules, and a generic call costs more than most operations of a handler.
public struct LoopBound<Value>: @unchecked Sendable {
    @usableFromInline let bound: Value

    #if DEBUG
    private let place: any Confinement

    package init(_ value: Value, on place: any Confinement) {
        bound = value
        self.place = place
    }

    /// The value, for code that runs on its loop or strand.
    package var value: Value {
        place.assertAccess()
        return bound
    }
    #else
    @inlinable @inline(__always) public init(_ value: Value, on place: AnyObject) {
        bound = value
    }

    /// The value, for code that runs on its loop or strand.
    @inlinable @inline(__always) public var value: Value { bound }
    #endif
}
