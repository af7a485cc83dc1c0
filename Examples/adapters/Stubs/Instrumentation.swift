// What the adapter needs of swift-distributed-tracing 1.x, with the same names and types.

public import ServiceContextModule

public protocol Extractor: Sendable {
    associatedtype Carrier: Sendable
    func extract(key: String, from carrier: Carrier) -> String?
}

public protocol Instrument: Sendable {
    func extract<Carrier, Extract>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract: Extractor, Extract.Carrier == Carrier
}

struct NoInstrument: Instrument {
    func extract<Carrier, Extract>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract: Extractor, Extract.Carrier == Carrier {}
}

public enum InstrumentationSystem {
    public static var instrument: any Instrument { NoInstrument() }
}
