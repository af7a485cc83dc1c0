import CanonicalJSON

/// Writes each span as a line of OTLP/JSON. OpenTelemetry's collector reads such lines from a file
/// (`otlpjsonfile`); a closure may instead post them to `/v1/traces`.
///
/// ```swift
/// TracingHooks(exporter: OTLPLines(service: "box-office") { line in queue.append(line) })
/// ```
public struct OTLPLines: SpanExporter {
    private let service: String
    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - service: the value of `service.name`.
    ///   - write: receives a line without its line break. By default it prints the line on standard
    ///     output.
    public init(service: String, write: @escaping @Sendable (String) -> Void = { print($0) }) {
        self.service = service
        self.write = write
    }

    public func export(_ span: SpanData) {
        let resource = OTLPResource(attributes: [OTLPAttribute("service.name", service)])
        let scope = OTLPScopeSpans(
            scope: OTLPScope(name: "restate-sdk-swift"), spans: [OTLPSpan(span)])
        let traces = OTLPTraces(
            resourceSpans: [OTLPResourceSpans(resource: resource, scopeSpans: [scope])])
        // The value has only strings and numbers, which can always be encoded.
        guard let bytes = try? JSON.encode(traces) else { return }
        write(String(decoding: bytes, as: UTF8.self))
    }
}

// The part of OTLP's messages that a span needs. The properties have the names of its JSON.

private struct OTLPTraces: Encodable {
    let resourceSpans: [OTLPResourceSpans]
}

private struct OTLPResourceSpans: Encodable {
    let resource: OTLPResource
    let scopeSpans: [OTLPScopeSpans]
}

private struct OTLPResource: Encodable {
    let attributes: [OTLPAttribute]
}

private struct OTLPScopeSpans: Encodable {
    let scope: OTLPScope
    let spans: [OTLPSpan]
}

private struct OTLPScope: Encodable {
    let name: String
}

private struct OTLPAttribute: Encodable {
    struct Value: Encodable {
        let stringValue: String
    }

    let key: String
    let value: Value

    init(_ key: String, _ value: String) {
        self.key = key
        self.value = Value(stringValue: value)
    }
}

private struct OTLPStatus: Encodable {
    let code: Int
    let message: String
}

private struct OTLPEvent: Encodable {
    let name: String
    let timeUnixNano: String
    let attributes: [OTLPAttribute]
}

private struct OTLPSpan: Encodable {
    let traceId: String
    let spanId: String
    let parentSpanId: String?
    let traceState: String?
    let flags: Int
    let name: String
    let kind: Int
    let startTimeUnixNano: String
    let endTimeUnixNano: String
    let attributes: [OTLPAttribute]
    let events: [OTLPEvent]
    let status: OTLPStatus?

    init(_ span: SpanData) {
        traceId = span.context.traceID
        spanId = span.context.spanID
        parentSpanId = span.parentSpanID
        traceState = span.context.state.isEmpty ? nil : span.context.state
        flags = Int(span.context.flags)
        name = span.name
        kind = span.kind == .server ? 2 : 1
        // OTLP's JSON has 64-bit numbers as strings.
        startTimeUnixNano = "\(span.start)"
        endTimeUnixNano = "\(span.end)"
        attributes = span.attributes.map { OTLPAttribute($0.name, $0.value) }
        events = span.events.map { event in
            OTLPEvent(
                name: event.name, timeUnixNano: "\(event.time)",
                attributes: event.attributes.map { OTLPAttribute($0.name, $0.value) })
        }
        status =
            switch span.status {
            case .unset: nil
            case .error(let message): OTLPStatus(code: 2, message: message)
            }
    }
}
