internal import CanonicalJSON
internal import RestateProtocol

/// Calls as JSON. A server's tables add what it knows about the callee, so these need more than the
/// command.
extension CommandJSON {
    static func view(
        _ command: CallCommand, _ around: JournalJSON.Surroundings
    ) -> CommandJSON {
        let view = CallView(
            request: command.request,
            id: around.invocationIDs[command.invocationIDCompletion], around: around)
        let ids: (inout JSONLine) -> Void = { line in
            line.member("invocation_id_completion_id", command.invocationIDCompletion)
            line.member("result_completion_id", command.completionID)
        }
        return Self(
            "Call", command.name,
            brief: { line in
                view.target(&line)
                ids(&line)
            }
        ) { line in
            line.member("request") { view.write(&$0) }
            ids(&line)
        }
    }

    static func view(
        _ command: OneWayCallCommand, _ around: JournalJSON.Surroundings
    ) -> CommandJSON {
        let view = CallView(
            request: command.request,
            id: around.invocationIDs[command.invocationIDCompletion], around: around)
        let rest: (inout JSONLine) -> Void = { line in
            line.member("invoke_time", command.invokeTime)
            line.member("invocation_id_completion_id", command.invocationIDCompletion)
        }
        return Self(
            "OneWayCall", command.name,
            brief: { line in
                view.target(&line)
                rest(&line)
            }
        ) { line in
            line.member("request") { view.write(&$0) }
            rest(&line)
        }
    }
}

/// The request of a call, with the callee's id, kind and retention.
private struct CallView {
    var request: CallRequest
    /// The callee's id; nil while it is not known.
    var id: String?
    var around: JournalJSON.Surroundings

    func write(_ line: inout JSONLine) {
        line.object { line in
            target(&line)
            line.member("span_context") { line in
                line.raw(Self.noSpan.utf8)
            }
            line.member("parameter") { $0.numbers(request.parameter) }
            line.headers(request.headers)
            line.member("idempotency_key") { line in
                if let idempotencyKey = request.idempotencyKey {
                    line.value(idempotencyKey)
                } else {
                    line.null()
                }
            }
            let retention = around.callees.retention(request.service, request.handler)
            Self.retention("completion", retention.completion, &line)
            Self.retention("journal", retention.journal, &line)
        }
    }

    func target(_ line: inout JSONLine) {
        let (service, key, handler) = (request.service, request.key, request.handler)
        line.member("invocation_id", id ?? "")
        line.member("invocation_target") { line in
            line.object { line in
                let kind =
                    around.callees.kinds[service] ?? (key.isEmpty ? .service : .virtualObject)
                line.member(kind.adminName) { line in
                    line.object { line in
                        line.member("name", service)
                        if kind.isKeyed { line.member("key", key) }
                        line.member("handler", handler)
                        if kind.isKeyed {
                            line.member(
                                "handler_ty", kind == .workflow ? "Workflow" : "Exclusive")
                        }
                        line.member("scope") { $0.null() }
                    }
                }
            }
        }
    }

    /// Writes a duration as Rust's `Duration` is serialized, which is what the CLI reads.
    private static func retention(
        _ name: String, _ milliseconds: UInt64, _ line: inout JSONLine
    ) {
        line.member("\(name)_retention_duration") { line in
            line.object { line in
                line.member("secs", milliseconds / 1000)
                line.member("nanos", milliseconds % 1000 * 1_000_000)
            }
        }
    }

    /// The context of a trace that does not exist, because this runtime does no tracing. The CLI
    /// expects the member.
    private static let noSpan = """
        {"span_context":{"trace_id":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],\
        "span_id":[0,0,0,0,0,0,0,0],"trace_flags":0,"is_remote":false,"trace_state":""},\
        "cause":null}
        """
}
