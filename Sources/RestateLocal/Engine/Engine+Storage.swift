import Primitives
internal import RestateHTTP
internal import RestateRuntime

/// Storage: changes are committed in batches, and nothing that rests on a change leaves before its
/// batch is stored.
extension Engine {
    /// Lets a recovered runtime continue. Called once, when the ports are open.
    func wakeUp() {
        perform { $0.wakeUp(at: $1) }
    }

    /// Calls `body` when all changes so far are stored, or at once without a data folder. Every
    /// answer that was read from the runtime goes through here, because it may show a change that
    /// is not stored yet.
    func whenStored(_ body: @escaping (LocalServerError?) -> Void) {
        if let failure { return body(failure) }
        guard store != nil else { return body(nil) }
        hold(
            .call { error in
                body(error.map { LocalServerError(.storage, $0.description, cause: $0) })
            })
    }

    /// Waits until all changes so far are stored. Returns the error if they cannot be.
    nonisolated(nonsending) func stored() async -> LocalServerError? {
        await withCheckedContinuation { continuation in
            whenStored { continuation.resume(returning: $0) }
        }
    }

    /// Carries an item out when its changes are stored.
    func hold(_ item: CommitGate.Item) {
        guard failure == nil else { return drop([item], StorageError(failure?.description ?? "")) }
        guard let free = gate.hold(item, hasChanges: runtime.readHasChanges()) else { return }
        carryOut(free)
    }

    func carryOut(_ item: CommitGate.Item) {
        switch item {
        case .effect(let effect): carryOut(effect)
        case .call(let body): body(nil)
        }
    }

    /// Plans a batch for the end of this turn of the loop, so that all changes of the turn share
    /// one commit.
    func planBatch() {
        guard !isBatchPlanned, !gate.isStoring, failure == nil, runtime.readHasChanges()
        else { return }
        isBatchPlanned = true
        let confined = LoopBound(self, on: loop)
        loop.execute { confined.value.storeBatch() }
    }

    /// Hands all changes to the writer, unless a batch is being written or nothing has changed.
    private func storeBatch() {
        isBatchPlanned = false
        guard let store, !gate.isStoring, failure == nil, runtime.readHasChanges()
        else { return }
        gate.began()
        let confined = LoopBound(self, on: loop)
        store.store(runtime.takeBatch()) { [loop] error in
            loop.execute { confined.value.batchEnded(error) }
        }
    }

    /// Releases what waited for the batch. The next batch is started first.
    private func batchEnded(_ error: StorageError?) {
        if let error { return fail(error) }
        runtime.batchIsStored()
        let items = gate.ended()
        // The disk works on the next batch while these items are carried out.
        storeBatch()
        carryOut(items)
    }

    // MARK: Failure

    /// Stops the engine. To go on in memory would promise what cannot be kept.
    private func fail(_ error: StorageError) {
        guard failure == nil else { return }
        let failure = LocalServerError(.storage, error.description, cause: error)
        self.failure = failure
        refuse(error)
        refuseWaiters(failure)
        disconnect()
        guard error != .closed else { return }
        // The callback may end the process, so the refusals are given time to reach their clients.
        let confined = LoopBound(self, on: loop)
        _ = loop.schedule(after: Self.lastAnswers) { confined.value.failed(failure) }
    }

    /// The time that refusals get to reach their clients before the process may end.
    private static let lastAnswers = Duration.milliseconds(500)

    /// Drops everything that was held back, and tells those who wait.
    func refuse(_ error: StorageError) {
        drop(gate.giveUp(), error)
    }

    /// Drops effects, and tells the calls among the items about the error.
    private func drop(_ items: [CommitGate.Item], _ error: StorageError) {
        for case .call(let body) in items { body(error) }
    }
}
