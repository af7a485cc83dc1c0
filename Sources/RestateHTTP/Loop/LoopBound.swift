/// Carries a value that belongs to a loop or strand through code that other threads may run.
///
/// The compiler cannot check that the value is used only where it belongs. Debug builds check it at
/// each access; release builds store nothing but the value.
package struct LoopBound<Value>: @unchecked Sendable {
    private let bound: Value
    #if DEBUG
    private let place: any Confinement
    #endif

    package init(_ value: Value, on place: any Confinement) {
        bound = value
        #if DEBUG
        self.place = place
        #endif
    }

    /// The value, for code that runs on its loop or strand.
    package var value: Value {
        #if DEBUG
        place.assertAccess()
        #endif
        return bound
    }
}
