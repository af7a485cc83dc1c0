/// The owner of a descriptor that an event loop watches.
class EventSource {
    let descriptor: Int32
    final var isDirty = false

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Called when there is something to read. With `failed`, both directions are gone.
    func readable(failed: Bool) {}
    func writable() {}
    /// Called at the end of a turn in which the source was marked dirty.
    func flush() {}
    /// Called when the loop ends. Everything must be closed now.
    func loopStopped() {}
}
