/**
 * What is trimmed from both ends of a value, the same on every warehouse: their own TRIMs all differ
 * (reference/warehouses.md section 1, "Whitespace"). Blank, tab, LF, VT, FF, CR, NEL, NBSP, the Unicode spaces, ZWSP,
 * LS, PS and BOM.
 */
export const whitespace =
  ' \t\n\v\f\r\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff'
