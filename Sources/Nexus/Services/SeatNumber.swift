/// The order of seats for people: `seat-2` before `seat-10`, ids without a number last.
///
/// The number is compared as digits, so that no id is too long for it.
struct SeatNumber: Comparable {
    private let id: String
    /// The number at the end of the id, without leading zeros; nil without any digit.
    private let digits: Substring.UTF8View?

    init(_ id: String) {
        self.id = id
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        let count = id.utf8.reversed().prefix(while: isDigit).count
        digits =
            count == 0
            ? nil : id[...].utf8.suffix(count).drop { $0 == UInt8(ascii: "0") }
    }

    static func == (one: SeatNumber, other: SeatNumber) -> Bool {
        one.id.utf8.elementsEqual(other.id.utf8)
    }

    static func < (one: SeatNumber, other: SeatNumber) -> Bool {
        switch (one.digits, other.digits) {
        case (nil, .some): return false
        case (.some, nil): return true
        case (nil, nil): break
        case (let mine?, let theirs?):
            if mine.count != theirs.count { return mine.count < theirs.count }
            if !mine.elementsEqual(theirs) { return mine.lexicographicallyPrecedes(theirs) }
        }
        return one.id.utf8.lexicographicallyPrecedes(other.id.utf8)
    }
}
