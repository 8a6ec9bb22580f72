/**
 * Made by `npm run numbering-plans` from i18n-iso-countries and a list of further spellings. Not to be edited: a test compares.
 */

/** Country, and what people store for it, in lower case: ISO 3166 alpha-2 and alpha-3, English names. */
export const countryNames = `
AC;ac;ascension island
AD;ad;and;andorra
AE;ae;are;united arab emirates;uae
AF;af;afg;afghanistan
AG;ag;atg;antigua and barbuda
AI;ai;aia;anguilla
AL;al;alb;albania
AM;am;arm;armenia
AO;ao;ago;angola
AR;ar;arg;argentina
AS;as;asm;american samoa
AT;at;aut;austria
AU;au;aus;australia
AW;aw;abw;aruba
AX;ax;ala;åland islands;aland islands
AZ;az;aze;azerbaijan
BA;ba;bih;bosnia and herzegovina;bosnia
BB;bb;brb;barbados
BD;bd;bgd;bangladesh
BE;be;bel;belgium
BF;bf;bfa;burkina faso
BG;bg;bgr;bulgaria
BH;bh;bhr;bahrain
BI;bi;bdi;burundi
BJ;bj;ben;benin
BL;bl;blm;saint barthélemy
BM;bm;bmu;bermuda
BN;bn;brn;brunei darussalam;brunei
BO;bo;bol;bolivia
BQ;bq;bes;bonaire, sint eustatius and saba
BR;br;bra;brazil
BS;bs;bhs;bahamas
BT;bt;btn;bhutan
BW;bw;bwa;botswana
BY;by;blr;belarus
BZ;bz;blz;belize
CA;ca;can;canada
CC;cc;cck;cocos (keeling) islands
CD;cd;cod;democratic republic of the congo;congo-kinshasa;drc
CF;cf;caf;central african republic
CG;cg;cog;republic of the congo;congo-brazzaville
CH;ch;che;switzerland
CI;ci;civ;cote d'ivoire;côte d'ivoire;ivory coast;côte d’ivoire
CK;ck;cok;cook islands
CL;cl;chl;chile
CM;cm;cmr;cameroon
CN;cn;chn;people's republic of china;china
CO;co;col;colombia
CR;cr;cri;costa rica
CU;cu;cub;cuba
CV;cv;cpv;cape verde;cabo verde
CW;cw;cuw;curaçao
CX;cx;cxr;christmas island
CY;cy;cyp;cyprus
CZ;cz;cze;czech republic;czechia
DE;de;deu;germany
DJ;dj;dji;djibouti
DK;dk;dnk;denmark
DM;dm;dma;dominica
DO;do;dom;dominican republic
DZ;dz;dza;algeria
EC;ec;ecu;ecuador
EE;ee;est;estonia
EG;eg;egy;egypt
EH;eh;esh;western sahara
ER;er;eri;eritrea
ES;es;esp;spain
ET;et;eth;ethiopia
FI;fi;fin;finland
FJ;fj;fji;fiji
FK;fk;flk;falkland islands (malvinas)
FM;fm;fsm;micronesia, federated states of;micronesia
FO;fo;fro;faroe islands
FR;fr;fra;france
GA;ga;gab;gabon
GB;gb;gbr;united kingdom;uk;great britain;u.k.;britain;england;scotland;wales;northern ireland
GD;gd;grd;grenada
GE;ge;geo;georgia
GF;gf;guf;french guiana
GG;gg;ggy;guernsey
GH;gh;gha;ghana
GI;gi;gib;gibraltar
GL;gl;grl;greenland
GM;gm;gmb;republic of the gambia;the gambia;gambia
GN;gn;gin;guinea
GP;gp;glp;guadeloupe
GQ;gq;gnq;equatorial guinea
GR;gr;grc;greece;el
GT;gt;gtm;guatemala
GU;gu;gum;guam
GW;gw;gnb;guinea-bissau
GY;gy;guy;guyana
HK;hk;hkg;hong kong;hong kong sar;hong kong sar china
HN;hn;hnd;honduras
HR;hr;hrv;croatia
HT;ht;hti;haiti
HU;hu;hun;hungary
ID;id;idn;indonesia
IE;ie;irl;ireland
IL;il;isr;israel
IM;im;imn;isle of man
IN;in;ind;india
IO;io;iot;british indian ocean territory
IQ;iq;irq;iraq
IR;ir;irn;islamic republic of iran;iran
IS;is;isl;iceland
IT;it;ita;italy
JE;je;jey;jersey
JM;jm;jam;jamaica
JO;jo;jor;jordan
JP;jp;jpn;japan
KE;ke;ken;kenya
KG;kg;kgz;kyrgyzstan
KH;kh;khm;cambodia
KI;ki;kir;kiribati
KM;km;com;comoros
KN;kn;kna;saint kitts and nevis
KP;kp;prk;north korea
KR;kr;kor;south korea;korea, republic of;republic of korea
KW;kw;kwt;kuwait
KY;ky;cym;cayman islands
KZ;kz;kaz;kazakhstan
LA;la;lao;lao people's democratic republic;laos
LB;lb;lbn;lebanon
LC;lc;lca;saint lucia
LI;li;lie;liechtenstein
LK;lk;lka;sri lanka
LR;lr;lbr;liberia
LS;ls;lso;lesotho
LT;lt;ltu;lithuania
LU;lu;lux;luxembourg
LV;lv;lva;latvia
LY;ly;lby;libya
MA;ma;mar;morocco
MC;mc;mco;monaco
MD;md;mda;moldova, republic of;moldova
ME;me;mne;montenegro
MF;mf;maf;saint martin (french part)
MG;mg;mdg;madagascar
MH;mh;mhl;marshall islands
MK;mk;mkd;the republic of north macedonia;north macedonia;macedonia
ML;ml;mli;mali
MM;mm;mmr;myanmar;burma
MN;mn;mng;mongolia
MO;mo;mac;macao;macau
MP;mp;mnp;northern mariana islands
MQ;mq;mtq;martinique
MR;mr;mrt;mauritania
MS;ms;msr;montserrat
MT;mt;mlt;malta
MU;mu;mus;mauritius
MV;mv;mdv;maldives
MW;mw;mwi;malawi
MX;mx;mex;mexico
MY;my;mys;malaysia
MZ;mz;moz;mozambique
NA;na;nam;namibia
NC;nc;ncl;new caledonia
NE;ne;ner;niger
NF;nf;nfk;norfolk island
NG;ng;nga;nigeria
NI;ni;nic;nicaragua
NL;nl;nld;netherlands;the netherlands;netherlands (kingdom of the);holland
NO;no;nor;norway
NP;np;npl;nepal
NR;nr;nru;nauru
NU;nu;niu;niue
NZ;nz;nzl;new zealand
OM;om;omn;oman
PA;pa;pan;panama
PE;pe;per;peru
PF;pf;pyf;french polynesia
PG;pg;png;papua new guinea
PH;ph;phl;philippines
PK;pk;pak;pakistan
PL;pl;pol;poland
PM;pm;spm;saint pierre and miquelon
PR;pr;pri;puerto rico
PS;ps;pse;state of palestine;palestine
PT;pt;prt;portugal
PW;pw;plw;palau
PY;py;pry;paraguay
QA;qa;qat;qatar
RE;re;reu;reunion;réunion
RO;ro;rou;romania
RS;rs;srb;serbia
RU;ru;rus;russian federation;russia
RW;rw;rwa;rwanda
SA;sa;sau;saudi arabia
SB;sb;slb;solomon islands
SC;sc;syc;seychelles
SD;sd;sdn;sudan
SE;se;swe;sweden
SG;sg;sgp;singapore
SH;sh;shn;saint helena
SI;si;svn;slovenia
SJ;sj;sjm;svalbard and jan mayen
SK;sk;svk;slovakia
SL;sl;sle;sierra leone
SM;sm;smr;san marino
SN;sn;sen;senegal
SO;so;som;somalia
SR;sr;sur;suriname
SS;ss;ssd;south sudan
ST;st;stp;sao tome and principe;são tomé and príncipe
SV;sv;slv;el salvador
SX;sx;sxm;sint maarten (dutch part)
SY;sy;syr;syrian arab republic;syria
SZ;sz;swz;eswatini;swaziland
TA;ta;tristan da cunha
TC;tc;tca;turks and caicos islands
TD;td;tcd;chad
TG;tg;tgo;togo
TH;th;tha;thailand
TJ;tj;tjk;tajikistan
TK;tk;tkl;tokelau
TL;tl;tls;timor-leste;east timor
TM;tm;tkm;turkmenistan
TN;tn;tun;tunisia
TO;to;ton;tonga
TR;tr;tur;türkiye;turkey;turkiye
TT;tt;tto;trinidad and tobago
TV;tv;tuv;tuvalu
TW;tw;twn;taiwan, province of china;taiwan
TZ;tz;tza;united republic of tanzania;tanzania
UA;ua;ukr;ukraine
UG;ug;uga;uganda
US;us;usa;united states of america;united states;u.s.a.;u.s.;the united states
UY;uy;ury;uruguay
UZ;uz;uzb;uzbekistan
VA;va;vat;holy see (vatican city state);vatican;vatican city;holy see
VC;vc;vct;saint vincent and the grenadines
VE;ve;ven;venezuela
VG;vg;vgb;virgin islands, british;british virgin islands
VI;vi;vir;virgin islands, u.s.;us virgin islands;u.s. virgin islands
VN;vn;vnm;vietnam;viet nam
VU;vu;vut;vanuatu
WF;wf;wlf;wallis and futuna
WS;ws;wsm;samoa
XK;xk;xkk;kosovo;xkx
YE;ye;yem;yemen
YT;yt;myt;mayotte
ZA;za;zaf;south africa
ZM;zm;zmb;zambia
ZW;zw;zwe;zimbabwe
`
