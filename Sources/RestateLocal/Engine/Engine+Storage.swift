internal import RestateHTTP
internal import RestateRuntime

/// The engine and the disk: what changed is stored in batches, and nothing that rests on a change
/// leaves before its batch is there.
extension Engine {
    /// Goes on with what was stored: once, when endpoints may be called.
    func wakeUp() {
        perform { $0.wakeUp(at: $1) }
    }

    /// Calls `body` when everything that has happened so far is stored: at once, if nothing is kept.
    /// Every answer that is read from the runtime goes this way.
    func whenStored(_ body: @escaping (LocalServerError?) -> Void) {
        if let failure { return body(failure) }
        guard store != nil else { return body(nil) }
        hold(
            .call { error in
                body(error.map { LocalServerError(.storage, $0.description, cause: $0) })
            })
    }

    /// Waits like ``whenStored(_:)``. Nil if it is stored.
    nonisolated(nonsending) func stored() async -> LocalServerError? {
        await withCheckedContinuation { continuation in
            whenStored { continuation.resume(returning: $0) }
        }
    }

    func hold(_ item: CommitGate.Item) {
        guard failure == nil else { return drop([item], StorageError(failure?.description ?? "")) }
        guard let free = gate.hold(item, hasChanges: runtime.hasChanges) else { return }
        carryOut(free)
    }

    func carryOut(_ item: CommitGate.Item) {
        switch item {
        case .effect(let effect): carryOut(effect)
        case .call(let body): body(nil)
        }
    }

    /// At the end of this turn of the loop, so that everything of the turn is in one batch.
    func planBatch() {
        guard !isBatchPlanned, !gate.isStoring, failure == nil, runtime.hasChanges
        else { return }
        isBatchPlanned = true
        let confined = LoopBound(self, on: loop)
        loop.execute { confined.value.storeBatch() }
    }

    private func storeBatch() {
        isBatchPlanned = false
        guard let store, !gate.isStoring, failure == nil, runtime.hasChanges
        else { return }
        gate.began()
        let confined = LoopBound(self, on: loop)
        store.store(runtime.takeBatch()) { [loop] error in
            loop.execute { confined.value.batchEnded(error) }
        }
    }

    private func batchEnded(_ error: StorageError?) {
        if let error { return fail(error) }
        let items = gate.ended()
        // The disk works on the next one while these go out.
        storeBatch()
        carryOut(items)
    }

    // MARK: failure

    /// Nothing can be stored any more, so nothing can be promised any more.
    private func fail(_ error: StorageError) {
        guard failure == nil else { return }
        let failure = LocalServerError(.storage, error.description, cause: error)
        self.failure = failure
        refuse(error)
        refuseWaiters(failure)
        disconnect()
        guard error != .closed else { return }
        // Whoever is told may end the process: those who were refused get their answers before.
        let confined = LoopBound(self, on: loop)
        _ = loop.schedule(after: Self.lastAnswers) { confined.value.failed(failure) }
    }

    private static let lastAnswers = Duration.milliseconds(500)

    /// What was held back is never let go.
    func refuse(_ error: StorageError) {
        drop(gate.giveUp(), error)
    }

    private func drop(_ items: [CommitGate.Item], _ error: StorageError) {
        for case .call(let body) in items { body(error) }
    }
}
