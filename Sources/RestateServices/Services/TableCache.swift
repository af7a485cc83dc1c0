import Primitives

/// A handler table with the names of its entries. It is made once for each type of service.
///
/// The names are the labels of the table's properties. They are found by `Mirror` and matched by
/// the identity of the entries, because the text of a key path is the name of the first of several
/// properties of size zero.
package final class NamedTable<API: HandlerTable>: Sendable {
    let api: API
    /// Cached, because the name of a type takes long to compute.
    let service: String
    package let entries: [(name: String, entry: any AnyHandler)]
    /// Identifies the type of the service.
    let id: ObjectIdentifier
    /// The options of the service, if they say how values are written.
    private let coding: HandlerOptions?
    private let isCoded: Bool
    private let names: [ObjectIdentifier: String]

    init<S: RestateService>(of type: S.Type) where S.API == API {
        api = API()
        service = S.name
        id = ObjectIdentifier(type)
        let options = S.options.values
        isCoded = options.areOfCoding
        coding = isCoded ? options : nil
        entries = Mirror(reflecting: api).children.compactMap { child in
            guard let label = child.label, let entry = child.value as? any AnyHandler else {
                return nil
            }
            return ((entry as? any AnyRemoteHandler)?.name ?? label, entry)
        }
        names = Dictionary(
            entries.map { (ObjectIdentifier($0.entry), $0.name) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Returns how the values of the service's handlers are written; nil for plain JSON.
    @inline(__always)
    func coding(_ endpoint: EndpointCoding?) -> ServiceCoding? {
        guard isCoded || endpoint != nil else { return nil }
        return ServiceCoding(of: id, coding, endpoint)
    }

    /// Returns the name of an entry, or nil if it is no stored property of the table.
    func name(of entry: any AnyHandler) -> String? {
        names[ObjectIdentifier(entry)]
    }
}

/// The tables of all services of the process. Generic types cannot have static stored properties,
/// so all tables are in one dictionary.
package enum TableCache {
    private static let tables = Locked<[ObjectIdentifier: any AnyObject & Sendable]>([:])

    package static func table<S: RestateService>(of service: S.Type) -> NamedTable<S.API> {
        let id = ObjectIdentifier(service)
        if let found = tables.withLock({ $0[id] }) { return table(found) }
        // Made outside the lock: two threads may make the same table, and the first one is kept.
        let made = NamedTable(of: service)
        return tables.withLock { tables in
            if let first = tables[id] { return table(first) }
            tables[id] = made
            return made
        }
    }

    /// Unchecked, because the check takes longer than the look-up. The key guarantees the type.
    private static func table<API>(_ kept: any AnyObject & Sendable) -> NamedTable<API> {
        unsafeDowncast(kept, to: NamedTable<API>.self)
    }
}

/// The error for a computed property of a table. It has no name, because names come from stored
/// properties.
struct NotInTable: Error, CustomStringConvertible {
    var table: String
    var description: String {
        "Handlers must be stored properties of \(table): write 'let', and no computed property"
    }
}
