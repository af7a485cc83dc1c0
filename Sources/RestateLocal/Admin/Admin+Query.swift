internal import CanonicalJSON
internal import Dispatch
internal import Foundation
internal import Primitives
internal import RestateHTTP
internal import RestateRuntime
internal import SQLEngine

extension Admin {
    private struct QueryBody: Decodable {
        var query: String
    }

    /// JSON for those who ask for exactly that, Arrow for all others.
    ///
    /// The answer goes out when it is whole. So a query that passes a bound has a status and a sentence
    /// that names it, and nothing is told that is not stored yet. Who goes away takes the query along.
    func query(_ request: AdminRequest) async throws(AdminError) -> HTTPAnswer {
        let query = try request.json(QueryBody.self, "a query").query
        let form: Query.Form = request.accept == "application/json" ? .json : .arrow
        let (engine, limits) = (engine, queryLimits)
        let cancellation = QueryCancellation()
        let answer = await withTaskCancellationHandler {
            await queryThreads.run {
                Self.answer(
                    query, form, EngineLook(engine: engine, limits: limits), limits, cancellation)
            }
        } onCancel: {
            cancellation.cancel()
        }
        return answer
            ?? .json(503) { line in
                line.member("message", "Too many queries wait already: \(limits.waiting).")
            }
    }

    private static func answer(
        _ query: String, _ form: Query.Form, _ access: EngineLook, _ limits: QueryLimits,
        _ cancellation: QueryCancellation
    ) -> HTTPAnswer {
        do throws(QueryError) {
            let body = try Query.answer(
                query, on: RuntimeTables(access: access, version: version), as: form,
                now: Int64(Date().timeIntervalSince1970 * 1e6), limits: limits,
                cancellation: cancellation)
            if form == .json { return .json(200, body) }
            return HTTPAnswer(
                status: 200, headers: [("content-type", ArrowStream.contentType)], body: body)
        } catch {
            return .json(error.status) { $0.member("message", "\(error)") }
        }
    }
}

/// Looks into the engine's runtime from a thread of queries.
private struct EngineLook: RuntimeAccess {
    let engine: EngineAccess
    let limits: QueryLimits

    func look<Answer: Sendable>(
        _ body: @escaping @Sendable (LocalRuntime) -> Answer
    ) throws -> Answer {
        let answer = Locked<Answer?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        engine.post { engine in
            let found = body(engine.runtime)
            answer.withLock { $0 = found }
            isDone.signal()
        }
        let patience = DispatchTimeInterval.milliseconds(
            Int(clamping: limits.time.components.seconds) * 1000 + 1000)
        guard isDone.wait(timeout: .now() + patience) == .success,
            let found = answer.withLock({ $0.take() })
        else {
            throw QueryError.execution("the runtime has stopped")
        }
        return found
    }
}
