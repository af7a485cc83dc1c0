package import RestateProtocol

/// Signals and awakeables. Both reach an invocation that has a journal; sent to any other they are
/// dropped.
extension LocalRuntime {
    /// Sends a signal to another invocation. The cancel signal is a cancellation, with all that
    /// belongs to it.
    mutating func sendSignal(
        _ id: InvocationIdentity, _ command: SendSignalCommand, _ frame: Frame, at now: Timestamp
    ) throws(EndpointFailure) {
        guard let target = InvocationIdentity(command.target) else {
            throw EndpointFailure("RT0017", "'\(command.target)' is not the id of an invocation")
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
            throw EndpointFailure(
                "RT0017", "'\(command.awakeableID)' is not the id of an awakeable")
        }
        guard let result = command.result else {
            throw EndpointFailure(
                "RT0012", "CompleteAwakeable contains neither a value nor a failure")
        }
        store(frame, of: id, at: now)
        complete(awakeable, result, at: now)
    }

    /// Completes an awakeable for a caller from outside. Returns false if `text` is not the id of
    /// an awakeable; whether anybody waits for it is not reported.
    package mutating func completeAwakeable(
        _ text: String, _ result: ValueOrFailure, at now: Timestamp
    ) -> Bool {
        guard let awakeable = AwakeableIDText(text) else { return false }
        complete(awakeable, result, at: now)
        return true
    }

    /// Delivers the result as a signal, which is what an awakeable is in the protocol. Ids of the
    /// format before signals name nothing here.
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
