import RestateMachine

/// Makes a span of every attempt and of every step that is executed.
///
/// ```swift
/// await Endpoint(Ticket())
///     .hooks(TracingHooks(exporter: OTLPLines(service: "box-office")))
///     .serve()
/// ```
/// The span of an attempt is named `attempt Ticket/seat-1/reserve`. Its parent is the span in the
/// attempt's `traceparent` header. The span of a step is named `run (charge)`, and its parent is
/// the span of the attempt. An error sets the status; a suspension does not. A trace whose root is
/// not sampled is not exported.
///
/// Calls to other handlers carry no trace header, because the server makes spans of its own for
/// them.
public struct TracingHooks: InvocationHooks {
    private let exporter: any SpanExporter

    /// Makes hooks that give each span to the exporter as soon as it has ended.
    public init(exporter: any SpanExporter) {
        self.exporter = exporter
    }

    public func attempt(_ attempt: AttemptInfo, _ next: () async throws -> Void) async throws {
        let parent = attempt.traceContext
        let span = ActiveSpan(
            "attempt \(attempt.target)", .server, attempt, parent: parent, attributes(attempt))
        try await record(span, next)
    }

    public func run(
        _ name: String, _ attempt: AttemptInfo,
        _ next: @escaping @Sendable () async throws -> Void
    ) async throws {
        let span = ActiveSpan(
            "run (\(name))", .internal, attempt, parent: ActiveSpan.current?.context,
            attributes(attempt) + [("restate.run.name", name)])
        try await record(span, next)
    }

    private func attributes(_ attempt: AttemptInfo) -> [(name: String, value: String)] {
        LogFields.of(attempt.id, attempt.target).map { (name: $0.0, value: $0.1) }
    }

    private func record(_ span: ActiveSpan, _ next: () async throws -> Void) async throws {
        do {
            try await ActiveSpan.$current.withValue(span) { try await next() }
            export(span, .unset)
        } catch {
            export(span, Self.status(of: error))
            throw error
        }
    }

    private func export(_ span: ActiveSpan, _ status: SpanData.Status) {
        if span.context.isSampled { exporter.export(span.ended(status)) }
    }

    private static func status(of error: any Error) -> SpanData.Status {
        if let end = error as? AttemptEnd {
            if end.isSuspension { return .unset }
            return .error(end.errorMessage ?? end.description)
        }
        return .error(ErrorText.describe(error))
    }
}
