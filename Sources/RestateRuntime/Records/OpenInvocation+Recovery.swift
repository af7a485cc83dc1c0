extension OpenInvocation {
    /// As it was stored, without its journal.
    init(_ record: InvocationRecord, _ progress: ProgressRecord, serial: UInt64) {
        let new = NewInvocation(
            id: record.id, target: record.target, serviceKind: record.serviceKind,
            handlerKind: record.handlerKind, caller: record.caller,
            idempotencyKey: record.idempotencyKey,
            completionRetention: record.completionRetention,
            journalRetention: record.journalRetention, pinned: record.pinned,
            randomSeed: record.randomSeed)
        self.init(new, serial: serial, at: record.createdAt)
        scheduledFor = record.scheduledFor
        scheduledAt = record.scheduledAt
        inboxedAt = record.inboxedAt
        runningAt = record.runningAt
        status = progress.status
        modifiedAt = progress.modifiedAt
        inboxSequence = progress.inboxSequence
        suspendedOn = progress.suspendedOn
        pauseRequested = progress.pauseRequested
        attemptsStarted = Int(clamping: progress.attemptsStarted)
        failures = Int(clamping: progress.failures)
        retriesSinceEntry = progress.retriesSinceEntry
        lastStartAt = progress.lastStartAt
        nextRetryAt = progress.nextRetryAt
        lastDeployment = progress.lastDeployment
        lastServer = progress.lastServer
        lastFailure = progress.lastFailure?.failure
        events = progress.events.map(\.event)
    }
}
