internal import Synchronization

/// Says how values of one type are coded. It is determined once per type.
///
/// Asking the runtime whether a type is an array or a dictionary costs more than coding a small
/// value, so the answers are cached. They take a few words per type, are never freed, and are
/// bounded by the size of the table.
struct JSONTypePlan {
    /// Lists the types whose JSON differs from that of their `Codable` conformance, or is made
    /// faster here.
    enum Kind {
        case other, string, bool, int, int64, double, date, duration, data, url, uuid, decimal
    }

    let type: ObjectIdentifier
    let kind: Kind
    let isOptional: Bool
    /// Whether the type is an enum of strings, of which a collection codes each case once.
    let isCase: Bool
    let writable: (any JSONWritable.Type)?
    let readable: (any JSONReadable.Type)?

    init<T>(_ type: T.Type) {
        self.type = ObjectIdentifier(type)
        kind = Self.kind(of: type)
        isOptional = type is any OptionalValue.Type
        isCase = JSONCases.include(type)
        writable = kind == .other ? type as? any JSONWritable.Type : nil
        readable = kind == .other ? type as? any JSONReadable.Type : nil
    }

    @inline(__always)
    static func of<T>(_ type: T.Type) -> JSONTypePlan {
        plans.plan(of: ObjectIdentifier(type)) ?? plans.keep(JSONTypePlan(type))
    }

    private static func kind<T>(of type: T.Type) -> Kind {
        if type == String.self { return .string }
        if type == Bool.self { return .bool }
        if type == Int.self { return .int }
        if type == Int64.self { return .int64 }
        if type == Double.self { return .double }
        if type == Duration.self { return .duration }
        return foundationKind(of: type)
    }

    private static let plans = PlanTable()
}

/// A hash table that only grows and is read without a lock. When it is full it stores no more
/// plans.
private final class PlanTable: Sendable {
    private static let size = 1024
    private static let probes = 8
    /// The addresses of plans, or zero. A slot is written once.
    private let slots: InlineArray<1024, Atomic<UInt>>

    init() { slots = InlineArray { _ in Atomic(0) } }

    @inline(__always)
    private static func home(of type: ObjectIdentifier) -> Int {
        // Metadata is aligned to eight bytes at least, so the low bits are always zero. The factor
        // spreads the others.
        let bits = UInt(bitPattern: type) >> 3
        return Int(truncatingIfNeeded: (bits &* 0x9E37_79B9_7F4A_7C15) >> 54)
    }

    @inline(__always)
    func plan(of type: ObjectIdentifier) -> JSONTypePlan? {
        let home = Self.home(of: type)
        for probe in 0..<Self.probes {
            let address = slots[(home &+ probe) & (Self.size &- 1)].load(ordering: .acquiring)
            guard let plan = UnsafePointer<JSONTypePlan>(bitPattern: address) else { return nil }
            if plan.pointee.type == type { return plan.pointee }
        }
        return nil
    }

    @inline(never)
    func keep(_ plan: JSONTypePlan) -> JSONTypePlan {
        let home = Self.home(of: plan.type)
        for probe in 0..<Self.probes {
            let slot = (home &+ probe) & (Self.size &- 1)
            guard slots[slot].load(ordering: .acquiring) == 0 else { continue }
            let kept = UnsafeMutablePointer<JSONTypePlan>.allocate(capacity: 1)
            kept.initialize(to: plan)
            let (stored, _) = slots[slot].compareExchange(
                expected: 0, desired: UInt(bitPattern: kept), ordering: .acquiringAndReleasing)
            if stored { return plan }
            kept.deallocate()
        }
        return plan
    }
}
