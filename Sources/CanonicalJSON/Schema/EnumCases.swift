/// Lists the cases of an enum without associated values, even if it is not `CaseIterable`.
///
/// The number of cases is in the type's metadata, at an offset that is part of Swift's stable ABI.
/// The value of such an enum is the index of its case.
enum EnumCases {
    /// Returns the cases in the order of their declaration; nil for any other type.
    static func all<T>(of type: T.Type) -> [T]? {
        let kindOfEnum: UInt = 0x201
        let identity = UInt(bitPattern: ObjectIdentifier(type))
        guard let metadata = UnsafePointer<UInt>(bitPattern: identity), metadata[0] == kindOfEnum,
            let description = UnsafeRawPointer(bitPattern: metadata[1])
        else { return nil }
        let flags = description.load(as: UInt32.self)
        let casesWithValues = description.load(fromByteOffset: 20, as: UInt32.self) & 0xff_ffff
        let casesWithout = Int(description.load(fromByteOffset: 24, as: UInt32.self))
        let kindOfDescription: UInt32 = 18
        guard flags & 0x1f == kindOfDescription, casesWithValues == 0,
            (1...256).contains(casesWithout),
            MemoryLayout<T>.size == (casesWithout == 1 ? 0 : 1)
        else { return nil }
        return withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { byte in
            (0..<casesWithout).map { number in
                byte[0] = UInt8(number)
                return UnsafeRawPointer(byte.baseAddress!).load(as: T.self)
            }
        }
    }
}
