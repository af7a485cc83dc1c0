extension Admin {
    private struct QueryBody: Decodable {
        var query: String
    }

    /// JSON for those who ask for exactly that, Arrow for all others.
    func query(_ request: AdminRequest) async throws(AdminError) -> HTTPAnswer {
        let query = try request.json(QueryBody.self, "a query").query
        // A copy of a value: the runtime goes on while the rows are read.
        let runtime = await engine { $0.runtime }
        let wantsJSON = request.accept == "application/json"
        // Not on a loop: a query may take its time.
        return await Task.detached {
            do {
                let tables = RuntimeTables(runtime: runtime, version: Self.version)
                let result = try Query.run(query, on: tables)
                if wantsJSON { return .json(200, result.json) }
                return HTTPAnswer(
                    status: 200, headers: [("content-type", ArrowStream.contentType)],
                    body: try result.arrow())
            } catch {
                let status = error is UnsupportedColumn ? 501 : 500
                return .json(status) { $0.member("message", "\(error)") }
            }
        }.value
    }
}
