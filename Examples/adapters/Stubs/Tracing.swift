// What the adapter needs of swift-distributed-tracing 1.x, with the same names and types.

public import ServiceContextModule

public enum SpanKind: Sendable {
    case server, client, producer, consumer, `internal`
}

public protocol SpanAttributeConvertible: Sendable {}
extension String: SpanAttributeConvertible {}

public struct SpanAttributes: Sendable {
    public subscript(_ name: String) -> (any SpanAttributeConvertible)? {
        get { nil }
        set {}
    }
}

public struct SpanStatus: Sendable {
    public enum Code: Sendable {
        case ok, error
    }

    public init(code: Code, message: String? = nil) {}
}

public protocol Span: Sendable {
    var attributes: SpanAttributes { get nonmutating set }
    func setStatus(_ status: SpanStatus)
    func recordError(_ error: any Error)
}

struct NoSpan: Span {
    var attributes: SpanAttributes {
        get { SpanAttributes() }
        nonmutating set {}
    }
    func setStatus(_ status: SpanStatus) {}
    func recordError(_ error: any Error) {}
}

public func withSpan<T>(
    _ operationName: String, context: @autoclosure () -> ServiceContext = .topLevel,
    ofKind kind: SpanKind = .internal, isolation: isolated (any Actor)? = #isolation,
    function: String = #function, file fileID: String = #fileID, line: UInt = #line,
    _ operation: (any Span) async throws -> T
) async rethrows -> T {
    try await operation(NoSpan())
}
