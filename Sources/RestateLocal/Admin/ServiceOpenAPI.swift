internal import CanonicalJSON
internal import Restate
internal import RestateRuntime

/// The OpenAPI 3.1 document of a service: how its handlers are called, sent to, and asked for
/// results. The playground of the web UI is made from it.
struct ServiceOpenAPI {
    let service: ServiceRecord
    let ingressURL: String

    init(_ service: ServiceRecord, ingressURL: String) {
        self.service = service
        self.ingressURL = ingressURL
    }

    func write(to line: inout JSONLine) {
        line.object { line in
            line.member("openapi", "3.1.0")
            line.member("info") { line in
                line.object { line in
                    line.member("title", service.name)
                    line.member("version", String(service.revision))
                    line.member(ifAny: "description", service.options.documentation)
                    line.extensions(service.options.metadata)
                }
            }
            line.member("servers") { line in
                line.array([ingressURL]) { line, url in
                    line.object { line in
                        line.member("url", url)
                        line.member("description", "Restate Ingress URL")
                    }
                }
            }
            line.member("paths") { paths(&$0) }
            line.member("tags") { $0.raw(Self.tags.utf8) }
            line.member("components") { components(&$0) }
        }
    }

    /// The handlers that clients can call.
    private var handlers: [HandlerRecord] {
        service.handlers.filter { $0.options.ingressPrivate != true }
    }

    // MARK: Paths

    private func paths(_ line: inout JSONLine) {
        let name = service.kind.isKeyed ? "\(service.name)/{key}" : service.name
        line.object { line in
            for handler in handlers {
                line.member("/restate/call/\(name)/\(handler.name)") { call(handler, &$0) }
                line.member("/restate/send/\(name)/\(handler.name)") { send(handler, &$0) }
                if service.kind == .workflow {
                    guard handler.kind == .workflow else { continue }
                    let path = "/restate/workflow/\(name)"
                    line.member(path + "/attach") { result(.attach, of: handler, &$0) }
                    line.member(path + "/output") { result(.output, of: handler, &$0) }
                } else {
                    let path = "/restate/invocation/\(name)/\(handler.name)/{idempotencyKey}"
                    line.member(path + "/attach") { result(.attach, of: handler, &$0) }
                    line.member(path + "/output") { result(.output, of: handler, &$0) }
                }
            }
        }
    }

    private func call(_ handler: HandlerRecord, _ line: inout JSONLine) {
        line.operation("post", handler, id: "", tag: nil) { line in
            line.member(
                "description",
                handler.options.documentation
                    ?? "Call \(service.name) handler \(handler.name) and wait for response")
            line.references("parameters", parameters("idempotencyKeyHeader"))
            requestBody(handler, &line)
            line.member("responses") { line in
                line.object { line in
                    line.member("200") { response(handler, &$0) }
                    line.reference("default", "responses/GenericError")
                }
            }
        }
    }

    private func send(_ handler: HandlerRecord, _ line: inout JSONLine) {
        line.operation("post", handler, id: "Send", tag: "Send") { line in
            line.member(
                "description",
                handler.options.documentation
                    ?? "Send request to \(service.name) handler \(handler.name)")
            line.references("parameters", parameters("idempotencyKeyHeader") + ["delay"])
            requestBody(handler, &line)
            line.member("responses") { line in
                line.object { line in
                    line.reference("200", "responses/Send")
                    line.reference("202", "responses/Send")
                    line.reference("default", "responses/GenericError")
                }
            }
        }
    }

    private enum Result: String { case attach = "Attach", output = "Output" }

    private func result(
        _ result: Result, of handler: HandlerRecord, _ line: inout JSONLine
    ) {
        let tag = result == .attach ? "Attach" : "Get Output"
        line.operation("get", handler, id: result.rawValue, tag: tag) { line in
            line.member("deprecated", true)
            line.member("description", description(result, of: handler))
            line.references("parameters", parameters("idempotencyKeyPath"))
            line.member("responses") { line in
                line.object { line in
                    line.member("200") { response(handler, &$0) }
                    line.reference("404", "responses/InvocationNotFoundError")
                    if result == .output {
                        line.reference("470", "responses/InvocationNotReadyError")
                    }
                    line.reference("default", "responses/GenericError")
                }
            }
        }
    }

    private func description(_ result: Result, of handler: HandlerRecord) -> String {
        let name = "\(service.name)/\(handler.name)"
        let path = result == .attach ? "attach" : "output"
        let how = service.kind == .workflow ? "a workflow target" : "idempotency information"
        let what =
            switch result {
            case .attach: "Attach to \(name) and wait for it to finish"
            case .output: "Get the output of \(name), if it has finished"
            }
        return
            "Deprecated: use POST /restate/lookup with \(how) to obtain an invocation id, then GET "
            + "/restate/\(path)/{invocationId}. \(handler.options.documentation ?? what)"
    }

    /// The parameters of a request.
    ///
    /// - Parameter key: the component for the idempotency key. A workflow has none, because its own
    ///   key serves that purpose.
    private func parameters(_ key: String) -> [String] {
        (service.kind.isKeyed ? ["key"] : []) + (service.kind == .workflow ? [] : [key])
    }

    private func requestBody(_ handler: HandlerRecord, _ line: inout JSONLine) {
        let type = handler.input.map(\.contentType) ?? "*/*"
        guard let type else { return }
        line.member("requestBody") { line in
            line.object { line in
                line.member("required", handler.input?.isRequired ?? false)
                line.content(type, handler.input?.jsonSchema.map { _ in "\(handler.name)Request" })
            }
        }
    }

    private func response(_ handler: HandlerRecord, _ line: inout JSONLine) {
        let type = handler.output.map(\.contentType) ?? "application/json"
        line.object { line in
            line.member("description", type == nil ? "Empty" : "")
            guard let type else { return }
            line.content(type, handler.output?.jsonSchema.map { _ in "\(handler.name)Response" })
        }
    }

    // MARK: Components

    private func components(_ line: inout JSONLine) {
        line.object { line in
            line.member("parameters") { $0.raw(Self.parameters.utf8) }
            line.member("responses") { $0.raw(Self.responses.utf8) }
            line.member("schemas") { line in
                line.object { line in
                    for handler in handlers {
                        if handler.input?.contentType != nil, let schema = handler.input?.jsonSchema
                        {
                            // Many tools do not understand `true` as a schema. An empty object
                            // means the same.
                            line.schema(
                                "\(handler.name)Request",
                                schema == .bool(true) ? .object([:]) : schema)
                        }
                        if handler.output?.contentType != nil,
                            let schema = handler.output?.jsonSchema
                        {
                            line.schema("\(handler.name)Response", schema)
                        }
                    }
                    line.member("RestateError") { $0.raw(Self.errorSchema.utf8) }
                }
            }
        }
    }

    private static let tags = #"""
        [{"name":"Attach","description":"Attach to invocation","externalDocs":\#(docs)},
        {"name":"Get Output","description":"Get invocation output","externalDocs":\#(docs)},
        {"name":"Request Response","description":"Request response to handler","externalDocs":\#(docs)},
        {"name":"Send","description":"Send to handler","externalDocs":\#(docs)}]
        """#

    private static let docs = #"{"url":"https://docs.restate.dev/invoke/http"}"#

    private static let parameters = #"""
        {"delay":{"name":"delay","in":"query","required":false,"schema":{"type":"string"},"example":"10s",
        "description":"After which time the handler is to begin, see the [documentation](https://docs.restate.dev/invoke/http#sending-a-delayed-message-over-http)"},
        "idempotencyKeyHeader":{"name":"idempotency-key","in":"header","required":false,"schema":{"type":"string"},
        "description":"The request is executed once for each key, see the [documentation](https://docs.restate.dev/invoke/http#invoke-a-handler-idempotently)"},
        "idempotencyKeyPath":{"name":"idempotencyKey","in":"path","required":true,"schema":{"type":"string"},
        "description":"The key that the request was made with"},
        "key":{"name":"key","in":"path","required":true,"schema":{"type":"string"}}}
        """#

    private static let responses = #"""
        {"GenericError":{"description":"Error response","content":{"application/json":{
        "schema":{"$ref":"#/components/schemas/RestateError"},
        "example":{"code":500,"message":"Internal server error","source":"invocation"}}}},
        "InvocationNotFoundError":{"description":"Invocation not found","content":{"application/json":{
        "schema":{"$ref":"#/components/schemas/RestateError"},
        "example":{"message":"invocation not found","source":"ingress"}}}},
        "InvocationNotReadyError":{"description":"Invocation still running, output is not ready yet",
        "content":{"application/json":{"schema":{"$ref":"#/components/schemas/RestateError"},
        "example":{"message":"the invocation exists but has not completed yet","source":"ingress"}}}},
        "Send":{"description":"Send response","content":{"application/json":{
        "schema":{"type":"object","title":"RestateSendResponse","properties":{"invocationId":{"type":"string"},
        "status":{"type":"string","enum":["Accepted","PreviouslyAccepted"]},
        "executionTime":{"type":"string","format":"date-time",
        "description":"When the handler begins, if there is a delay"}},
        "required":["invocationId","status"],"additionalProperties":false},
        "example":{"invocationId":"inv_1gdJBtdVEcM942bjcDmb1c1khoaJe11Hbz","status":"Accepted"}}}}}
        """#

    private static let errorSchema = #"""
        {"type":"object","title":"RestateError","description":"Why there is no result",
        "properties":{"code":{"type":"number","title":"error code"},
        "message":{"type":"string","title":"Error message"},
        "source":{"type":"string","title":"Error source","enum":["ingress","invocation"],
        "description":"Whether the handler failed, or the request did not come so far"},
        "stacktrace":{"type":"string","title":"Stacktrace of the error"},
        "metadata":{"type":"object","title":"Additional metadata map","additionalProperties":{"type":"string"}}},
        "required":["message","source"],"additionalProperties":false}
        """#
}

extension JSONLine {
    fileprivate mutating func operation(
        _ method: String, _ handler: HandlerRecord, id suffix: String, tag: String?,
        _ members: (inout JSONLine) -> Void
    ) {
        object { line in
            line.member(method) { line in
                line.object { line in
                    line.member("summary", handler.name)
                    line.member("operationId", handler.name + suffix)
                    if let tag { line.member("tags") { $0.array([tag]) { $0.value($1) } } }
                    members(&line)
                    line.extensions(handler.options.metadata)
                }
            }
        }
    }

    fileprivate mutating func extensions(_ metadata: [String: String]?) {
        guard let metadata, !metadata.isEmpty else { return }
        member("x-restate-extensions") { $0.texts(metadata) }
    }

    fileprivate mutating func reference(_ name: String, _ component: String) {
        member(name) { line in
            line.object { $0.member("$ref", "#/components/\(component)") }
        }
    }

    fileprivate mutating func references(_ name: String, _ parameters: [String]) {
        member(name) { line in
            line.array(parameters) { line, parameter in
                line.object { $0.member("$ref", "#/components/parameters/\(parameter)") }
            }
        }
    }

    fileprivate mutating func content(_ type: String, _ schema: String?) {
        member("content") { line in
            line.object { line in
                line.member(type) { line in
                    line.object { line in
                        if let schema { line.reference("schema", "schemas/\(schema)") }
                    }
                }
            }
        }
    }

    /// Writes a schema as a component, with its internal references adjusted to where it stands
    /// now.
    fileprivate mutating func schema(_ name: String, _ schema: JSONValue) {
        member(name) { $0.value(schema.rooted(at: "#/components/schemas/\(name)")) }
    }
}

extension JSONValue {
    fileprivate func rooted(at place: String) -> JSONValue {
        switch self {
        case .array(let elements): .array(elements.map { $0.rooted(at: place) })
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { name, value in
                        if name == "$ref", case .string(let target) = value, target.first == "#" {
                            return (name, .string(place + target.dropFirst()))
                        }
                        return (name, value.rooted(at: place))
                    }))
        default: self
        }
    }
}
