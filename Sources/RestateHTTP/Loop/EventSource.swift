/// The owner of a descriptor that an event loop watches.
class EventSource {
    let descriptor: Int32
    final var isDirty = false

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// There is something to read, or (`failed`) both directions are gone.
    func readable(failed: Bool) {}
    func writable() {}
    /// The end of a turn in which it was marked dirty.
    func flush() {}
    /// The loop ends: everything is to be closed now.
    func loopStopped() {}
}
