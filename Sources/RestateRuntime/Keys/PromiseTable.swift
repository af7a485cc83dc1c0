import Primitives
import RestateProtocol

/// The promises of workflows, by key. Those that are only waited for follow from the journals of those
/// who wait, and are not stored.
package struct PromiseTable: Sendable {
    /// Who asked for a promise's result, and in which command.
    struct Waiting: Sendable {
        var asker: InvocationHead.Asker
        var completion: UInt32
    }

    /// A promise is completed, or waited for.
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

    /// Says who waited for it; nil if it was completed before.
    mutating func resolve(
        _ name: ExactName, of owner: StateOwner, with result: ValueOrFailure
    ) -> [Waiting]? {
        let promise = promises[owner]?[name] ?? State()
        guard promise.result == nil else { return nil }
        promises[owner, default: [:]][name] = State(result: result)
        unstored.note { $0.resolved[owner, default: []].insert(name) }
        return promise.waiting
    }

    /// Who waits for a promise stays: it is told when the workflow's next run, or anybody, resolves it.
    mutating func forget(_ owner: StateOwner) {
        let waitedFor = promises[owner]?.filter { !$0.value.waiting.isEmpty } ?? [:]
        promises[owner] = waitedFor.isEmpty ? nil : waitedFor
        unstored.note { $0.forgotten.insert(owner) }
    }

    /// One that was stored.
    mutating func recover(_ name: ExactName, of owner: StateOwner, _ result: ValueOrFailure) {
        promises[owner, default: [:]][name] = State(result: result)
    }

    var hasChanges: Bool { !unstored.isEmpty }

    mutating func takeChanges() -> Changes { unstored.take() }
}
