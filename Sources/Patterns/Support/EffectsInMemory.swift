internal import Restate
internal import Synchronization

/// The stand-in for all outside systems: it remembers what was asked of it, and prints a line for each effect.
public final class EffectsInMemory: OutsideEffects {
    /// How the stand-in behaves. Tests script it; the command draws lots.
    public struct Behaviour: Sendable {
        /// How long an effect takes.
        public var time: @Sendable (_ subject: String, _ step: String) -> Duration = { _, _ in .zero
        }
        /// Whether this try of an effect fails, which is to be tried again.
        public var fails: @Sendable (_ subject: String, _ step: String) -> Bool = { _, _ in false }
        /// Whether something is still pending at a look, counted from 1.
        public var isPending: @Sendable (_ look: Int) -> Bool = { $0 <= 2 }
        /// Told one line for each effect.
        public var say: @Sendable (String) -> Void = { _ in }

        public init() {}
    }

    private struct Memory {
        var effects: [OutsideEffect] = []
        var looks: [String: Int] = [:]
    }

    private let behaviour: Behaviour
    private let memory = Mutex(Memory())

    public init(_ behaviour: Behaviour = Behaviour()) {
        self.behaviour = behaviour
    }

    /// Everything that was done, in order.
    public var effects: [OutsideEffect] { memory.withLock { $0.effects } }

    /// Everything that was done, a text each, whoever did it first.
    public var summary: [String] {
        effects.map { "\($0.subject) \($0.step) \($0.key)" }.sorted()
    }

    public func record(
        _ subject: String, _ step: String, key: String, body: String
    ) async throws -> Int {
        let time = behaviour.time(subject, step)
        if time > .zero { try await Task.sleep(for: time) }
        if behaviour.fails(subject, step) { throw OutsideFailure(subject: subject, step: step) }
        return try memory.withLock { memory in
            let done = memory.effects.indices.filter {
                memory.effects[$0].subject == subject && memory.effects[$0].key == key
            }
            if let same = done.first(where: { memory.effects[$0].step == step }) {
                memory.effects[same].tries += 1
                return memory.effects[same].tries
            }
            if done.contains(where: { OutsideEffect.finalSteps.contains(memory.effects[$0].step) })
            {
                throw OutsideEffect.refusal(subject, step, key)
            }
            memory.effects.append(
                OutsideEffect(subject: subject, step: step, key: key, body: body, tries: 1))
            if !body.isEmpty { behaviour.say(body) }
            return 1
        }
    }

    public func look(_ subject: String, key: String) async throws -> String {
        let look = memory.withLock { memory in
            memory.looks["\(subject)/\(key)", default: 0] += 1
            return memory.looks["\(subject)/\(key)", default: 0]
        }
        return behaviour.isPending(look) ? "PENDING" : "DONE"
    }
}

/// An outside system fails now and may succeed later.
struct OutsideFailure: Error, CustomStringConvertible {
    let subject: String
    let step: String

    var description: String { "A failure of \(subject) happened at \(step)!" }
}
