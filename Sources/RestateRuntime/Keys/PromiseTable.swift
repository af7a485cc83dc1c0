import Primitives
import RestateProtocol

/// The promises of workflows, by key. Only completed ones are stored. Who waits for the others
/// follows from the journals.
package struct PromiseTable: Sendable {
    /// An invocation that waits for a promise, and the completion id of its command.
    struct Waiting: Sendable {
        var asker: InvocationHead.Asker
        var completion: UInt32
    }

    /// A promise has a result, or invocations that wait for it.
    private struct State: Sendable {
        var result: ValueOrFailure?
        var waiting: [Waiting] = []
    }

    struct Changes: ChangedNames {
        var resolved: [StateOwner: Set<ExactName>] = [:]
        var forgotten: Set<StateOwner> = []

        var isEmpty: Bool { resolved.isEmpty && forgotten.isEmpty }
    }

    private var promises: [StateOwner: [ExactName: State]] = [:]
    private var unstored: Unstored<Changes>

    init(isStored: Bool) { unstored = Unstored(isKept: isStored) }

    package var keys: some Collection<StateOwner> { promises.keys }

    func names(of owner: StateOwner) -> [ExactName] { promises[owner].map { Array($0.keys) } ?? [] }

    func result(_ name: ExactName, of owner: StateOwner) -> ValueOrFailure? {
        promises[owner]?[name]?.result
    }

    func waiting(for name: ExactName, of owner: StateOwner) -> [Waiting] {
        promises[owner]?[name]?.waiting ?? []
    }

    mutating func wait(_ waiting: Waiting, for name: ExactName, of owner: StateOwner) {
        promises[owner, default: [:]][name, default: State()].waiting.append(waiting)
    }

    /// Completes a promise and returns who waited for it. Returns nil if it was completed before.
    mutating func resolve(
        _ name: ExactName, of owner: StateOwner, with result: ValueOrFailure
    ) -> [Waiting]? {
        let promise = promises[owner]?[name] ?? State()
        guard promise.result == nil else { return nil }
        promises[owner, default: [:]][name] = State(result: result)
        unstored.note { $0.resolved[owner, default: []].insert(name) }
        return promise.waiting
    }

    /// Removes the completed promises of a key. Invocations that wait stay: they are answered when
    /// a promise of that name is completed in the workflow's next run.
    mutating func forget(_ owner: StateOwner) {
        let waitedFor = promises[owner]?.filter { !$0.value.waiting.isEmpty } ?? [:]
        promises[owner] = waitedFor.isEmpty ? nil : waitedFor
        unstored.note { $0.forgotten.insert(owner) }
    }

    /// Adds a completed promise that was stored.
    mutating func recover(_ name: ExactName, of owner: StateOwner, _ result: ValueOrFailure) {
        promises[owner, default: [:]][name] = State(result: result)
    }

    var hasChanges: Bool { !unstored.isEmpty }

    mutating func takeChanges() -> Changes { unstored.take() }
}
