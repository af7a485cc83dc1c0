internal import CanonicalJSON
internal import RestateProtocol

/// Commands on the state and the promises of a key, as JSON.
extension CommandJSON {
    static func view(_ command: GetLazyStateCommand) -> CommandJSON {
        Self("GetLazyState", command.name) { line in
            line.member("key", text(command.key))
            line.member("completion_id", command.completionID)
        }
    }

    static func view(_ command: SetStateCommand) -> CommandJSON {
        Self(
            "SetState", command.name, brief: { $0.member("key", text(command.key)) }
        ) { line in
            line.member("key", text(command.key))
            line.member("value") { $0.numbers(command.value ?? []) }
        }
    }

    static func view(_ command: ClearStateCommand) -> CommandJSON {
        Self("ClearState", command.name) { $0.member("key", text(command.key)) }
    }

    static func view(_ command: ClearAllStateCommand) -> CommandJSON {
        Self("ClearAllState", command.name) { _ in }
    }

    static func view(_ command: GetLazyStateKeysCommand) -> CommandJSON {
        Self("GetLazyStateKeys", command.name) {
            $0.member("completion_id", command.completionID)
        }
    }

    static func view(_ command: GetEagerStateCommand) -> CommandJSON {
        let isThere = if case .value = command.result { true } else { false }
        return Self(
            "GetEagerState", command.name,
            brief: { line in
                line.member("key", text(command.key))
                line.member("result", isThere ? "Success" : "Void")
            }
        ) { line in
            line.member("key", text(command.key))
            line.member("result") { line in
                if case .value(let value) = command.result {
                    line.success(value)
                } else {
                    line.value("Void")
                }
            }
        }
    }

    static func view(_ command: GetEagerStateKeysCommand) -> CommandJSON {
        Self("GetEagerStateKeys", command.name, brief: { _ in }) { line in
            line.member("state_keys") { line in
                line.array(command.keys?.keys ?? []) { $0.value(text($1)) }
            }
        }
    }

    static func view(_ command: GetPromiseCommand) -> CommandJSON {
        Self("GetPromise", command.name) { line in
            line.member("key", command.key)
            line.member("completion_id", command.completionID)
        }
    }

    static func view(_ command: PeekPromiseCommand) -> CommandJSON {
        Self("PeekPromise", command.name) { line in
            line.member("key", command.key)
            line.member("completion_id", command.completionID)
        }
    }

    static func view(_ command: CompletePromiseCommand) -> CommandJSON {
        Self(
            "CompletePromise", command.name,
            brief: { line in
                line.member("key", command.key)
                line.member("completion_id", command.completionID)
            }
        ) { line in
            line.member("key", command.key)
            line.member("value") { $0.valueOrFailure(command.completion) }
            line.member("completion_id", command.completionID)
        }
    }
}

private func text(_ bytes: Bytes) -> String { String(decoding: bytes, as: UTF8.self) }
