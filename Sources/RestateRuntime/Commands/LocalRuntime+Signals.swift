package import RestateProtocol

/// Signals and awakeables. They reach what has a journal; for everybody else they are dropped.
extension LocalRuntime {
    mutating func sendSignal(
        _ id: InvocationIdentity, _ command: SendSignalCommand, _ frame: Frame, at now: Timestamp
    ) throws(EndpointFailure) {
        guard let target = InvocationIdentity(command.target) else {
            throw EndpointFailure("RT0017", "'\(command.target)' is no id of an invocation")
        }
        let result: NotificationResult =
            switch command.result {
            case .value(let value): .value(value)
            case .failure(let failure): .failure(failure)
            case .void, nil: .void
            }
        store(frame, of: id, at: now)
        switch command.signal {
        case .index(SendSignalCommand.cancel): _ = cancel(target, at: now)
        case .index(let index): signal(target, .signal(index), result, at: now)
        case .name(let name): signal(target, .namedSignal(name), result, at: now)
        case nil: break
        }
    }

    mutating func completeAwakeable(
        _ id: InvocationIdentity, _ command: CompleteAwakeableCommand, _ frame: Frame,
        at now: Timestamp
    ) throws(EndpointFailure) {
        guard let awakeable = AwakeableIDText(command.awakeableID) else {
            throw EndpointFailure("RT0017", "'\(command.awakeableID)' is no id of an awakeable")
        }
        guard let result = command.result else {
            throw EndpointFailure("RT0012", "an awakeable is completed without a result")
        }
        store(frame, of: id, at: now)
        complete(awakeable, result, at: now)
    }

    /// False if `text` is no id of an awakeable. Whether anybody waits is not told.
    package mutating func completeAwakeable(
        _ text: String, _ result: ValueOrFailure, at now: Timestamp
    ) -> Bool {
        guard let awakeable = AwakeableIDText(text) else { return false }
        complete(awakeable, result, at: now)
        return true
    }

    private mutating func complete(
        _ awakeable: AwakeableIDText, _ result: ValueOrFailure, at now: Timestamp
    ) {
        guard !awakeable.isOld else { return }
        signal(
            InvocationIdentity(awakeable.invocation), .signal(awakeable.signal),
            result.notification, at: now)
    }

    private mutating func signal(
        _ target: InvocationIdentity, _ name: NotificationID, _ result: NotificationResult,
        at now: Timestamp
    ) {
        notify(target, .signalNotification, name, result, at: now)
    }
}
