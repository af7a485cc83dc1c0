import RestateProtocol

/// What a caller outside of handlers must know of one: its names, and how its payloads are written.
package struct HandlerReference<Input, Output>: Sendable {
    package let service: String
    package let handler: String
    /// Why the handler cannot be called, if it cannot: nothing is sent then.
    package let problem: String?
    /// The run of a workflow, which happens once per key.
    package let isWorkflowRun: Bool
    /// Nil for a handler that takes nothing.
    package let contentType: String?
    package let encode: @Sendable (Input) throws -> [UInt8]
    package let decode: @Sendable ([UInt8]) throws -> Output

    package init<S: RestateService>(_ path: KeyPath<S.API, Handler<S, Input, Output>>) {
        let table = TableCache.table(of: S.self)
        let entry = table.api[keyPath: path]
        let name = table.name(of: entry)
        let (input, output) = (entry.input, entry.output)
        service = table.service
        handler = name ?? ""
        problem = name == nil ? NotInTable(table: "\(S.API.self)").description : nil
        isWorkflowRun = entry.kind == .workflow
        contentType = input.description.contentType
        encode = input.encode
        decode = { try output.decode($0[...]) }
    }
}

extension HandlerReference where Input == [UInt8], Output == [UInt8] {
    /// A handler of a service that this program does not know. Bytes in, bytes out.
    package init(service: String, handler: String, contentType: String) {
        self.service = service
        self.handler = handler
        problem = nil
        self.contentType = contentType
        isWorkflowRun = false
        encode = { $0 }
        decode = { $0 }
    }
}
