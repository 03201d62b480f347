// The words on the paper. They are in the language of the receipt, which is the buyers' and need not be the page's.

export const WORDS = {
  vi: {
    number: "Biên nhận số {number}",
    taxCode: "MST: {code}",
    subtotal: "Cộng tiền hàng",
    discount: "Giảm giá",
    total: "Tổng cộng",
    tendered: "Tiền khách đưa",
    change: "Tiền thối lại",
    transferred: "Chuyển khoản",
    voided: "ĐÃ HỦY",
    notTax: "Không phải hóa đơn thuế",
    order: "Mã đơn: {code}",
    thanks: "Cảm ơn quý khách!",
    testTitle: "Trang in thử",
    testAsk: "Mọi chữ ở trên đều rõ và đủ dấu thì máy in đã sẵn sàng.",
    testWidth: "{millimetres} mm, {dots} chấm: hai vạch đen phải chạm hai mép vùng in.",
  },
  en: {
    number: "Receipt no. {number}",
    taxCode: "Tax code: {code}",
    subtotal: "Subtotal",
    discount: "Discount",
    total: "Total",
    tendered: "Cash given",
    change: "Change",
    transferred: "Transfer",
    voided: "VOIDED",
    notTax: "Not a tax invoice · Không phải hóa đơn thuế",
    order: "Order code: {code}",
    thanks: "Thank you!",
    testTitle: "Test page",
    testAsk: "If every letter above is clear and has its marks, the printer is ready.",
    testWidth: "{millimetres} mm, {dots} dots: the two black bars must touch both edges of what can be printed.",
  },
};

/**
 * The words of a receipt in one language.
 *
 * @param {"vi"|"en"} language - the language of the paper; anything else is Vietnamese.
 * @returns {(key: string, places?: Record<string, string|number>) => string} says a word with its places filled.
 */
export function wordsIn(language) {
  const words = WORDS[language] ?? WORDS.vi;
  return (key, places = {}) => words[key].replace(/\{(\w+)\}/g, (_whole, name) => String(places[name]));
}
