/// Carries a value that belongs to an event loop through code that other threads may run.
///
/// The compiler cannot see that the value is only touched on its loop; whoever opens the box says so.
package struct LoopConfined<Value>: @unchecked Sendable {
    package let value: Value

    package init(_ value: Value) {
        self.value = value
    }
}
