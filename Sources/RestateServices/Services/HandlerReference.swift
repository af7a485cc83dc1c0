import RestateProtocol

/// The names and the payload encodings of a handler, for callers that are no handlers: clients and
/// tests.
package struct HandlerReference<Input, Output>: Sendable {
    package let service: String
    package let handler: String
    /// The reason why the handler cannot be called; nil if it can.
    package let problem: String?
    /// Whether it is the run of a workflow, which happens once per key.
    package let isWorkflowRun: Bool
    private var input: PayloadCodec<Input>
    private var output: PayloadCodec<Output>

    /// - Parameter coding: what is said of services in general, or of single ones.
    package init<S: RestateService>(
        _ path: KeyPath<S.API, Handler<S, Input, Output>>, _ coding: EndpointCoding? = nil
    ) {
        let table = TableCache.table(of: S.self)
        let entry = table.api[keyPath: path]
        self.init(
            table, entry, entry.input, entry.output, coding,
            isWorkflowRun: entry.kind == .workflow)
    }

    /// Makes a reference to a handler that another program serves.
    package init<S: RestateService>(
        of type: S.Type, _ path: KeyPath<S.API, RemoteHandler<Input, Output>>,
        _ coding: EndpointCoding? = nil
    ) {
        let table = TableCache.table(of: type)
        let entry = table.api[keyPath: path]
        let isRun = type is any Workflow.Type && table.name(of: entry) == "run"
        self.init(table, entry, entry.input, entry.output, coding, isWorkflowRun: isRun)
    }

    private init<API>(
        _ table: NamedTable<API>, _ entry: any AnyHandler, _ input: PayloadCodec<Input>,
        _ output: PayloadCodec<Output>, _ endpoint: EndpointCoding?, isWorkflowRun: Bool
    ) {
        let coding = table.coding(endpoint)
        self.input = input.coded(coding?.format, coding?.codec)
        self.output = output.coded(coding?.format, coding?.codec)
        let name = table.name(of: entry)
        service = table.service
        handler = name ?? ""
        problem = name == nil ? NotInTable(table: "\(API.self)").description : nil
        self.isWorkflowRun = isWorkflowRun
    }

    /// The content type of the input; nil if the handler has none.
    package var contentType: String? { input.description.contentType }
    package var encode: @Sendable (Input) throws -> [UInt8] { input.encode }
    package var decode: @Sendable ([UInt8]) throws -> Output {
        { [output] in try output.decode($0[...]) }
    }

    /// Returns the reference with other formats for one call; nil keeps a format.
    package func formatted(input: Format? = nil, output: Format? = nil) -> HandlerReference {
        var copy = self
        copy.input = self.input.chosen(input, by: .payload)
        copy.output = self.output.chosen(output, by: .payload)
        return copy
    }
}

extension HandlerReference where Input == [UInt8], Output == [UInt8] {
    /// Makes a reference to a handler of a service that this program does not know. Input and
    /// output are bytes.
    package init(
        service: String, handler: String, contentType: String, _ endpoint: EndpointCoding? = nil
    ) {
        let codec = ServiceCoding(endpoint).codec
        self.service = service
        self.handler = handler
        problem = nil
        isWorkflowRun = false
        input = .raw(contentType: contentType).coded(nil, codec)
        output = .raw(contentType: "*/*").coded(nil, codec)
    }
}
